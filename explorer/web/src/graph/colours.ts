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
}

export function readColours(): Colours {
  const style = getComputedStyle(document.body);
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
  };
}
