import { useState } from 'preact/hooks';
import { path } from '../api/client';
import type { FaithfulnessDocument } from '../api/types';
import { useExplorer } from '../state/hooks';
import type { Shown } from '../state/store';
import { percent } from '../text/numbers';
import { quoted, reading } from '../text/tokens';

const ABLATIONS: Record<string, string> = {
  zero: 'the rest set to zero',
  patch: 'the rest taken from another text',
  mean: 'the rest at its mean',
};

/** What the route recovers when it runs alone; never without random routes of its size. */
export function Faithfulness({ shown }: { shown: Shown }) {
  const { explorer } = useExplorer();
  const { trace, position, threshold, address } = shown;
  const [first, second] = trace.predictions[position]!.top;
  const answer = address.a ?? `#${first?.id}`;
  const distractor = address.a ? address.b : second && `#${second.id}`;
  const [ablation, setAblation] = useState<'zero' | 'patch'>(address.src ? 'patch' : 'zero');
  const [source, setSource] = useState(address.src ?? '');
  const of = path(`api/traces/${trace.id}/faithfulness`, {
    position,
    threshold,
    mode: address.by === 'relevance' ? undefined : address.mode,
    by: address.by,
    answer,
    distractor,
    ablation: ablation === 'zero' ? undefined : ablation,
    source: ablation === 'patch' ? source : undefined,
  });
  const [checked, setChecked] = useState<{ of: string; document: FaithfulnessDocument }>();
  const words = (given: string | undefined) => {
    const known = trace.predictions[position]!.top.find((t) => given === `#${t.id}` || given === t.text);
    return known ? quoted(reading(known.text, known.id)) : quoted(given ?? '');
  };
  const check = () =>
    void explorer
      .work('Running the route alone, and random ones', (signal, onProgress) =>
        explorer.client.compute<FaithfulnessDocument>(of, undefined, { signal, onProgress }),
      )
      .then((document) => document && setChecked({ of, document }));
  const document = checked?.of === of ? checked.document : undefined;
  if (!document) {
    return (
      <div class="acts">
        <button disabled={ablation === 'patch' && source === ''} onClick={check}>
          Check faithfulness
        </button>
        <select aria-label="In place of the rest" value={ablation} onChange={(e) => setAblation(e.currentTarget.value === 'patch' ? 'patch' : 'zero')}>
          <option value="zero">the rest set to zero</option>
          <option value="patch">the rest from another text</option>
        </select>
        {ablation === 'patch' && (
          <form onSubmit={(e) => e.preventDefault()}>
            <input type="text" dir="auto" aria-label="Text that the rest is taken from" placeholder="Another text of as many tokens" value={source} onInput={(e) => setSource(e.currentTarget.value)} />
          </form>
        )}
      </div>
    );
  }
  const route = document.routes[0]!;
  const random = route.random.kept;
  const whole = (
    <>
      <bdi dir="ltr">{words(answer)}</bdi>
      {distractor && (
        <>
          {' - '}
          <bdi dir="ltr">{words(distractor)}</bdi>
        </>
      )}
    </>
  );
  const kept = route.kept.recovered;
  const comparison = random
    ? `random routes of its size ${percent(random.median)} (${percent(random.low)} to ${percent(random.high)})`
    : 'there are no other routes of its size';
  return (
    <p class="faithful" role="status" aria-label="Faithfulness">
      {kept === null ? 'Nothing to recover: the whole model and an empty one say the same of ' : `Alone, this route recovers ${percent(kept)} of `}
      {whole}
      {kept !== null && `; ${comparison}`}; {ABLATIONS[document.ablation] ?? document.ablation}.
    </p>
  );
}
