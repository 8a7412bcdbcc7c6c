/** The hues of the picture, read from the theme. */
export interface Colours {
  page: string;
  panel: string;
  ink2: string;
  attention: string;
  mlp: string;
  residual: string;
  towards: string;
  away: string;
  selection: string;
  shade: string;
  dark: boolean;
  /** How strongly the rest is shown where something is meant. */
  dim: number;
}

export function readColours(element: Element): Colours {
  const style = getComputedStyle(element);
  const of = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    page: of('page'),
    panel: of('panel'),
    ink2: of('ink2'),
    attention: of('attention'),
    mlp: of('mlp'),
    residual: of('residual'),
    towards: of('towards'),
    away: of('away'),
    selection: of('selection'),
    shade: of('shade'),
    dark: of('dark') === '1',
    dim: Number(of('dim')),
  };
}
