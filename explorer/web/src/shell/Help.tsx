import { Modal } from './Modal';

const KEYS: [string, string][] = [
  ['Enter', 'run the text; Shift and Enter: a new line'],
  ['?', 'this list'],
  ['Ctrl Z', 'undo the last change'],
  ['← → in the row on top', 'another target'],
  ['← ↑ → ↓ in the graph', 'the nearest state of the route'],
  ['[ ]', 'through what comes into the state, strongest first'],
  ['Enter, Esc', 'select what has the focus, close the selection'],
  ['Home, End', 'the target, the token with the largest share'],
  ['t', 'make this column the target'],
  ['+ − 0', 'larger, smaller, fit'],
  ['Shift and arrows', 'move the picture'],
  ['← → on the slider', 'one stop; Page keys: five'],
];

/** Every key of the page. */
export function Help({ close }: { close: () => void }) {
  return (
    <Modal title="Keyboard" close={close}>
      <dl>
        {KEYS.map(([keys, what]) => (
          <>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </>
        ))}
      </dl>
      <div class="end">
        <button onClick={close}>Close</button>
      </div>
    </Modal>
  );
}
