/** A share as everywhere on the page: 48.3 %, and <0.1 % for what is little but not nothing. */
export function percent(share: number): string {
  if (share > 0 && share < 0.0005) return '<0.1 %';
  return `${(100 * share).toFixed(1).replace('-', '−')} %`;
}

/** A number with its sign, a real minus among them: +9.98, −1.30. */
export function signed(value: number, digits = 2): string {
  const text = Math.abs(value).toFixed(digits);
  if (Number(text) === 0) return `+${text}`;
  return (value < 0 ? '−' : '+') + text;
}

/** A count in words: 1,204 edges. */
export function count(n: number, thing: string): string {
  return `${n.toLocaleString('en')} ${thing}${n === 1 ? '' : 's'}`;
}
