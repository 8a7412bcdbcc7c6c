import { path } from '../api/client';
import { useExplorer } from '../state/hooks';
import type { Shown } from '../state/store';
import { Menu } from './Menu';
import { saveBlob } from './save';

const FORMATS: [format: string, name: string, what: string][] = [
  ['svg', 'SVG', 'the picture, for print'],
  ['png', 'PNG', 'the picture, as pixels'],
  ['json', 'JSON', 'the route with all its numbers'],
  ['dot', 'DOT', 'for Graphviz'],
  ['graphml', 'GraphML', 'for networkx, yEd, Gephi'],
  ['html', 'HTML', 'a page that works alone'],
  ['java', 'Java', 'a program that computes this route'],
];

/** What is shown, as files; and what goes on from it. */
export function ExportMenu({ close, generate }: { close: () => void; generate: () => void }) {
  const { explorer, state } = useExplorer();
  const { shown } = state;
  const save = async (format: string) => {
    if (!shown) return;
    await explorer.work(`Writing ${format.toUpperCase()}`, async (signal) => {
      const response = await fetch(exportPath(shown, format === 'png' ? 'svg' : format), { signal });
      if (!response.ok) {
        const refusal = (await response.json()) as { error: { message: string } };
        throw new Error(refusal.error.message);
      }
      const blob = await response.blob();
      const name = `route-${shown.address.m}-${shown.position}.${format === 'java' ? 'java' : format}`;
      saveBlob(name, format === 'png' ? await pixels(blob) : blob);
    });
  };
  const link = () => void navigator.clipboard.writeText(location.href).then(() => explorer.say('The address is copied.'));
  return (
    <Menu
      name="Export"
      close={close}
      items={[
        ...FORMATS.map(([format, name, what]) => ({ name, what, off: !shown, act: () => void save(format) })),
        { name: 'Link', what: 'the address of exactly this view', act: link },
        { name: 'Continue', what: 'let the model go on with the text', off: !shown, act: generate },
      ]}
    />
  );
}

export function exportPath(shown: Shown, format: string): string {
  return path(`api/traces/${shown.trace.id}/export`, {
    format,
    position: shown.position,
    threshold: shown.threshold,
    mode: shown.address.mode,
  });
}

/** An SVG drawn on a canvas, at twice its size. */
async function pixels(svg: Blob): Promise<Blob> {
  const image = new Image();
  const url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.naturalWidth * 2;
    canvas.height = image.naturalHeight * 2;
    const context = canvas.getContext('2d')!;
    context.fillStyle = '#ffffff';
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The picture is too large for a PNG.')))),
    );
  } finally {
    URL.revokeObjectURL(url);
  }
}
