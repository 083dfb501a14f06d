import { Panel } from '../../components/Panel';
import { Empty } from '../../components/states';
import type { TrustFiguresFragment } from '../../gql/graphql';
import { share, signed, words } from '../../lib/format';
import { why } from './why';
import { waterfallSteps } from './waterfallSteps';
import classes from './Waterfall.module.css';

/** From full trust down to the score: what each component takes away, and why. */
export function Waterfall({ score }: { score: TrustFiguresFragment | null }) {
  if (score?.value == null) {
    return (
      <Panel title="Where trust is lost">
        <Empty title="There is no score to take apart">{score?.reason ?? 'It appears with the first score.'}</Empty>
      </Panel>
    );
  }
  const steps = waterfallSteps(score.components.map((each) => ({ ...each, reason: why(each) })), score.aggregation);
  const note = score.aggregation === 'WORST'
    ? 'From 1 down to the score, which is the worst component.'
    : 'From 1 down to the score. A component takes away its weight times what it lacks; one without evidence leaves the mean.';
  return (
    <Panel title="Where trust is lost" note={note}>
      <table className={classes.table}>
        <thead className="visually-hidden">
          <tr><th>Component</th><th>Takes away</th><th>Leaves</th><th>Why</th></tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">Full trust</th>
            <td className={classes.amount}>{share(1)}</td>
            <td className={classes.drawing}><i className={classes.whole} style={{ left: 0, width: '100%' }} /></td>
            <td />
          </tr>
          {steps.map((step) => (
            <tr key={step.kind}>
              <th scope="row">{words(step.kind)}</th>
              <td className={classes.amount}>{step.loss === null ? '–' : signed(-step.loss)}</td>
              <td className={classes.drawing}>
                {step.loss === null ? (
                  <span className="dim small">no evidence</span>
                ) : (
                  <i className={classes.loss} style={{ left: `${step.after * 100}%`, width: `${Math.max(0.2, step.loss * 100)}%` }} />
                )}
              </td>
              <td className={classes.why}>{step.reason}</td>
            </tr>
          ))}
          <tr className={classes.total}>
            <th scope="row">Trust</th>
            <td className={classes.amount}>{share(score.value)}</td>
            <td className={classes.drawing}>
              <i className={classes.score} style={{ left: 0, width: `${score.value * 100}%` }} />
              <b style={{ left: `${score.threshold * 100}%` }} title={`threshold ${share(score.threshold)}`} />
            </td>
            <td className={classes.why}>threshold {share(score.threshold)}</td>
          </tr>
        </tbody>
      </table>
    </Panel>
  );
}
