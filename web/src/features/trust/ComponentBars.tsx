import { Asked } from '../../components/Asked';
import { Changing } from '../../components/Changing';
import { Panel } from '../../components/Panel';
import { Empty } from '../../components/states';
import type { TrustFiguresFragment } from '../../gql/graphql';
import { count, share, words } from '../../lib/format';
import { why } from './why';
import classes from './ComponentBars.module.css';

/** What the score is made of: each component's value on its range, its weight and what it brings. */
export function ComponentBars({ score }: { score: TrustFiguresFragment | null }) {
  if (!score) {
    return (
      <Panel title="What it is made of">
        <Empty title="No components yet">Stability, fairness, performance and whatever else the policy counts stand here with their weights and reasons.</Empty>
      </Panel>
    );
  }
  return (
    <Panel title="What it is made of">
      <ul className={classes.list}>
        {score.components.map((component) => (
          <li key={component.kind}>
            <div className={classes.line}>
              <strong>{words(component.kind)}</strong>
              <span className="dim small">weight {share(component.weight)}</span>
              <span className={classes.value}>
                <Asked
                  answer={{
                    title: words(component.kind),
                    text: why(component),
                    lines: [
                      ['Value', share(component.value, 3)],
                      ['Weight', share(component.weight)],
                      ['Contribution', share(component.contribution, 3)],
                      ['Rows', component.rows === null ? null : count(component.rows)],
                    ],
                  }}
                >
                  <Changing value={share(component.value)} />
                </Asked>
              </span>
            </div>
            <div className={classes.bar} aria-hidden data-missing={component.value === null}>
              <i style={{ width: `${Math.max(0, Math.min(1, component.value ?? 0)) * 100}%` }} />
            </div>
            {why(component) !== null && <p className={classes.reason}>{why(component)}</p>}
          </li>
        ))}
      </ul>
      {score.notMeasured.length > 0 && (
        <p className="dim small">Not measured: {score.notMeasured.map((each) => words(each).toLowerCase()).join(', ')}. What is not measured has no weight, and counts as neither good nor bad.</p>
      )}
    </Panel>
  );
}
