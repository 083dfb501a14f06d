import type { CSSProperties } from 'react';
import { Shape } from '../../components/Meaning';
import { VERDICTS } from '../../components/meanings';
import { Panel } from '../../components/Panel';
import { Sideways } from '../../components/Sideways';
import { useColumns } from '../../components/useColumns';
import type { ResultFiguresFragment } from '../../gql/graphql';
import { measureName } from '../../lib/format';
import { fairValue, toFairnessHeat, unfairness } from './fairnessHeat';
import { ResultValue, type Origin } from './ResultValue';
import { useMeasures } from './useMeasures';
import classes from './FairnessHeat.module.css';

/** Measures by attribute: where groups lie apart. The darker, the further; a shape says the verdict. */
export function FairnessHeat({ results, attributes, origin }: {
  results: readonly ResultFiguresFragment[];
  attributes: readonly string[];
  origin: Origin;
}) {
  const measures = useMeasures();
  const { titleOf } = useColumns();
  const { columns, rows } = toFairnessHeat(results, attributes);
  if (rows.length === 0) return null;
  return (
    <Panel title="Fairness at a glance" note={`Each measure of each attribute; the darker, the further the groups lie apart. ${origin.window}.`}>
      <Sideways label="Fairness measures by attribute">
        <table className={classes.heat}>
          <thead>
            <tr>
              <th scope="col">Measure</th>
              {columns.map((column) => <th key={column} scope="col">{column === null ? 'All together' : titleOf(column)}</th>)}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.measure}>
                <th scope="row">{measures.get(row.measure)?.title ?? measureName(row.measure)}</th>
                {row.cells.map((cell, place) => (
                  <HeatCell key={columns[place]} result={cell} origin={origin} />
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Sideways>
      <ul className={classes.key} aria-label="What the shapes mean">
        {Object.values(VERDICTS).map(({ meaning, word }) => <li key={word}><Shape meaning={meaning} /> {word}</li>)}
      </ul>
    </Panel>
  );
}

function HeatCell({ result, origin }: { result: ResultFiguresFragment | null; origin: Origin }) {
  if (result === null) return <td data-empty><span className="visually-hidden">not measured</span></td>;
  const { meaning, word } = VERDICTS[result.verdict];
  const shade = unfairness(result, fairValue(result.measure));
  return (
    <td style={{ '--shade': shade } as CSSProperties}>
      <span className={classes.cell}>
        <Shape meaning={meaning} />
        <ResultValue result={result} origin={origin} />
        <span className="visually-hidden">{word}</span>
      </span>
    </td>
  );
}
