import type { Expert, NeuronsDocument } from '../api/types';
import { Term } from '../shell/Term';
import { expertName } from '../text/experts';
import { capital } from '../text/names';
import { percent } from '../text/numbers';
import { Listbox } from './Listbox';
import { Beside } from './parts';

interface Props {
  experts: NonNullable<NeuronsDocument['experts']>;
  chosen: Expert | undefined;
  choose: (expert: Expert) => void;
}

/** Which experts wrote here and how much, and which the router nearly took. */
export function Experts({ experts, chosen, choose }: Props) {
  const { written, passed } = experts;
  const largest = Math.max(1e-9, ...written.map((e) => e.contribution));
  return (
    <>
      <h3>
        <span>
          <Term of="expert">Experts</Term>
        </span>
        <Beside>contribution · weight</Beside>
      </h3>
      <Listbox
        name="Experts that wrote"
        items={written}
        chosen={chosen ? written.indexOf(chosen) : -1}
        label={(e) =>
          `${capital(expertName(e.expert))}, contribution ${percent(e.contribution)}, weight ${e.weight.toFixed(2)}${e.probability === null ? '' : `, router ${percent(e.probability)}`}`
        }
        choose={(i) => choose(written[i]!)}
      >
        {(e) => (
          <>
            <span>{e.expert}</span>
            <span class="track">
              <i class="mlp" style={{ width: `${(100 * e.contribution) / largest}%` }} />
            </span>
            <span class="n">{percent(e.contribution)}</span>
            <span class="n second" title={e.probability === null ? 'all positions go there' : `router: ${percent(e.probability)}`}>
              {e.weight.toFixed(2)}
            </span>
          </>
        )}
      </Listbox>
      {passed.length > 0 && (
        <>
          <h3>
            <span>Nearly taken</span>
            <Beside>router</Beside>
          </h3>
          <ul aria-label="Experts that were nearly taken">
            {passed.map((e) => (
              <li class="row four" key={e.expert}>
                <span>{e.expert}</span>
                <span class="track">
                  <i class="mlp" style={{ width: `${100 * e.probability}%` }} />
                </span>
                <span class="n">{percent(e.probability)}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
