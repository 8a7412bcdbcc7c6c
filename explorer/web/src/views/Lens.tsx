import type { Shown } from '../state/store';

export function Lens({ shown }: { shown: Shown }) {
  return <div class="scrolls">{shown.address.v}</div>;
}
