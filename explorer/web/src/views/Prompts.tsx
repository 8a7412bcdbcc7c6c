import { useState } from 'preact/hooks';
import type { InterfaceDocument, PromptsDocument } from '../api/types';
import { saveText } from '../shell/save';
import { useDocument, useExplorer } from '../state/hooks';
import type { Shown } from '../state/store';
import { count, percent } from '../text/numbers';

/** Many sentences: how much each head and MLP has in their routes on average. */
export function Prompts({ shown }: { shown: Shown }) {
  const { explorer, state } = useExplorer();
  const [text, setText] = useState(
    () => state.status?.models.find((m) => m.name === shown.address.m)?.examples.join('\n') || shown.address.p,
  );
  const [result, setResult] = useState<PromptsDocument>();
  const mayLoad = useDocument<InterfaceDocument>('api/openapi.json').data?.info['x-limpid-own-files'];
  const most = state.status?.limits.max_prompts ?? 1000;
  const prompts = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const run = () =>
    void explorer
      .work('Running the sentences', (signal, onProgress) =>
        explorer.client.compute<PromptsDocument>(
          'api/prompts',
          { prompts, model: shown.address.m, threshold: shown.threshold, mode: shown.address.mode ?? 'renormalised' },
          { signal, onProgress },
        ),
      )
      .then((document) => document && setResult(document));
  const read = async (file: File | undefined) => {
    if (file) setText(sentencesOf(await file.text()));
  };
  return (
    <div class="scrolls">
      <div class="options">
        <textarea aria-label="Sentences" rows={6} dir="auto" value={text} onInput={(e) => setText(e.currentTarget.value)} />
      </div>
      <div class="options">
        <button disabled={prompts.length === 0 || prompts.length > most} onClick={run}>
          Run
        </button>
        {mayLoad && (
          <label>
            File <input type="file" accept=".txt,.jsonl,.json,text/plain" onChange={(e) => void read(e.currentTarget.files?.[0])} />
          </label>
        )}
        <span class="hint-text">
          {count(prompts.length, 'sentence')}, one a line{prompts.length > most ? `; at most ${most}` : ''}; last position of each, threshold {shown.threshold}
        </span>
      </div>
      {result && <Table document={result} model={shown.address.m} />}
    </div>
  );
}

function Table({ document, model }: { document: PromptsDocument; model: string }) {
  const { state } = useExplorer();
  const heads = document.heads[0]?.length ?? 0;
  const most = Math.max(1e-9, ...document.heads.flat(), ...document.mlps);
  const shade = (v: number, hue: string) => ({
    background: `color-mix(in srgb, var(--${hue}) ${Math.round((state.theme === 'dark' ? 26 : 34) * Math.sqrt(Math.max(0, v) / most))}%, var(--panel))`,
  });
  const layers = document.heads.map((row, layer) => ({ row, layer })).reverse();
  return (
    <>
      <h3>
        <span>
          Mean share of the routes of {count(document.prompts, 'sentence')}
        </span>
        <span class="saves">
          <button onClick={() => saveText(`prompts-${model}.csv`, csv(document), 'text/csv')}>CSV</button>{' '}
          <button onClick={() => saveText(`prompts-${model}.json`, JSON.stringify(document), 'application/json')}>JSON</button>
        </span>
      </h3>
      {document.skipped.length > 0 && (
        <ul aria-label="Skipped">
          {document.skipped.map((s) => (
            <li key={s.prompt}>
              Sentence {s.prompt}: {s.message}
            </li>
          ))}
        </ul>
      )}
      <table aria-label="Heads and MLPs by layer">
        <thead>
          <tr>
            <th scope="col">layer</th>
            {Array.from({ length: heads }, (_, h) => (
              <th scope="col" key={h}>
                head {h}
              </th>
            ))}
            <th scope="col">MLP</th>
          </tr>
        </thead>
        <tbody>
          {layers.map(({ row, layer }) => (
            <tr key={layer}>
              <th scope="row">{layer}</th>
              {row.map((v, h) => (
                <td key={h} style={shade(v, 'attention')}>
                  {percent(v)}
                </td>
              ))}
              <td style={shade(document.mlps[layer]!, 'mlp')}>{percent(document.mlps[layer]!)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** The sentences of a file: a line each, or JSON lines with a key "text". */
export function sentencesOf(file: string): string {
  return file
    .split(/\r?\n/)
    .map((line) => {
      if (!line.trimStart().startsWith('{')) return line;
      try {
        const { text } = JSON.parse(line) as { text?: unknown };
        return typeof text === 'string' ? text.replace(/\n/g, ' ') : line;
      } catch {
        return line;
      }
    })
    .join('\n');
}

function csv(document: PromptsDocument): string {
  const lines = ['layer,part,share'];
  document.heads.forEach((row, layer) => {
    row.forEach((v, h) => lines.push(`${layer},head ${h},${v}`));
    lines.push(`${layer},mlp,${document.mlps[layer]}`);
  });
  return lines.join('\n') + '\n';
}
