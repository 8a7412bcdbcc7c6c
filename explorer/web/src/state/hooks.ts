import { createContext } from 'preact';
import { useContext, useEffect, useReducer, useState } from 'preact/hooks';
import type { Explorer, State } from './store';

export const ExplorerContext = createContext<Explorer>(undefined as unknown as Explorer);

/** The page's explorer; the component is drawn again when its state changes. */
export function useExplorer(): { explorer: Explorer; state: State } {
  const explorer = useContext(ExplorerContext);
  const [, redraw] = useReducer((n: number, _: void) => n + 1, 0);
  useEffect(() => explorer.subscribe(() => redraw()), [explorer]);
  return { explorer, state: explorer.state };
}

export interface Asked<T> {
  data?: T;
  /** The answer to the question before, while the new one is open. */
  old?: T;
  error?: string;
}

/** Asks the server for a document of a trace whenever the path changes. */
export function useDocument<T>(of: string | undefined): Asked<T> {
  const explorer = useContext(ExplorerContext);
  const [asked, setAsked] = useState<Asked<T> & { of?: string }>({});
  useEffect(() => {
    if (!of || explorer.client.peek(of) !== undefined) {
      if (of) setAsked({ of, data: explorer.client.peek<T>(of)! });
      return;
    }
    let wanted = true;
    explorer.client.get<T>(of).then(
      (data) => wanted && setAsked({ of, data }),
      (e: Error) => {
        if (!wanted) return;
        setAsked({ of, error: e.message });
        explorer.fail(e, () => explorer.set({ alert: undefined }));
      },
    );
    return () => {
      wanted = false;
    };
  }, [of, explorer]);
  if (!of) return {};
  const known = explorer.client.peek<T>(of);
  if (known !== undefined) return { data: known };
  if (asked.of === of) return asked;
  return asked.data !== undefined ? { old: asked.data } : {};
}
