import { useExplorer } from '../state/hooks';

/** Under the bar: what goes on, what is asked, what went wrong. */
export function Alerts() {
  const { explorer, state } = useExplorer();
  const { working, alert, question, note } = state;
  const known = working?.total !== undefined && working.done !== undefined;
  const share = known ? Math.round((100 * working.done!) / Math.max(1, working.total!)) : undefined;
  const words = working && (known ? `${working.words} ${working.done} of ${working.total}` : working.words);
  return (
    <>
      {working && (
        <div class="notice working">
          <div
            class={`progress ${known ? '' : 'unknown'}`}
            role="progressbar"
            aria-label="Progress"
            aria-valuemin={0}
            aria-valuemax={100}
            aria-valuenow={share}
            aria-valuetext={words}
          >
            <i style={share === undefined ? {} : { width: `${share}%` }} />
          </div>
          <span>{words}</span>
        </div>
      )}
      {question && (
        <div class="notice" role="group" aria-label="Estimate">
          <span>{question.message}</span>
          <button onClick={question.go}>Run it</button>
          <button onClick={question.leave}>Leave it</button>
        </div>
      )}
      {alert && (
        <div class="notice" role="alert">
          <span>{alert.message}</span>
          {alert.retry && (
            <button
              onClick={() => {
                explorer.set({ alert: undefined });
                alert.retry!();
              }}
            >
              Try again
            </button>
          )}
          <button aria-label="Close message" onClick={() => explorer.set({ alert: undefined })}>
            ×
          </button>
        </div>
      )}
      <div class="note-line" role="status" aria-label="Notes">
        {note}
      </div>
    </>
  );
}
