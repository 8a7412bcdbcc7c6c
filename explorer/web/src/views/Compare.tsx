import type { Shown } from '../state/store';

export function Compare({ shown }: { shown: Shown }) {
  return <div class="scrolls">{shown.address.v}</div>;
}
