import { Asked, type Answer } from '../../components/Asked';
import { paths } from '../../components/paths';
import { graphql, readFragment, type FragmentType } from '../../gql';
import type { ChangeFiguresFragment } from '../../gql/graphql';
import { measureName, share, signed } from '../../lib/format';
import { day, exactMoment } from '../../lib/time';
import { levels, stretch } from './changeSteps';
import { nameOf, whatMoved } from './changeWords';
import classes from './Waterfall.module.css';

const ChangeFigures = graphql(`
  fragment ChangeFigures on TrustChange {
    before {
      value
      position
      recordedAt
      windowEnd
      evaluationId
    }
    after {
      value
      position
      recordedAt
      windowEnd
      evaluationId
    }
    amount
    reason
    sentence
    contributions {
      cause
      kind
      amount
      before
      after
      parts {
        name
        cause
        amount
        before
        after
      }
    }
  }
`);

type Contribution = ChangeFiguresFragment['contributions'][number];
type End = ChangeFiguresFragment['before'];

/** From one recorded score to another: a bar for each thing that moved it, each leading to its evaluation. */
export function ChangeBars({ change: masked }: { change: FragmentType<typeof ChangeFigures> }) {
  const change = readFragment(ChangeFigures, masked);
  const { before, after } = change;
  const steps = before.value === null || after.value === null ? [] : levels(before.value, change.contributions);
  const { low, high } = stretch([before, after].flatMap(({ value }) => (value === null ? [] : [value])).concat(steps.map((step) => step.to)));
  const at = (value: number) => `${((value - low) / (high - low)) * 100}%`;
  return (
    <>
      <p className={classes.told}>{change.sentence}</p>
      {change.amount !== null && (
        <table className={classes.table}>
          <thead className="visually-hidden">
            <tr><th>What moved</th><th>By how much</th><th>Drawn from {share(low)} to {share(high)}</th><th>What of it</th></tr>
          </thead>
          <tbody>
            <EndRow name="Before" end={before} place={at(before.value ?? 0)} />
            {steps.map(({ contribution, from, to }) => (
              <tr key={contribution.kind ?? contribution.cause} data-cause={contribution.cause}>
                <th scope="row">{nameOf(contribution)}</th>
                <td className={classes.amount}>
                  <Asked answer={answerOf(contribution, change)} to={paths.evaluation(after.evaluationId)}>{signed(contribution.amount, 3)}</Asked>
                </td>
                <td className={classes.drawing}>
                  <i
                    className={contribution.amount < 0 ? classes.fall : classes.rise}
                    style={{ left: at(Math.min(from, to)), width: `max(2px, ${String((Math.abs(to - from) / (high - low)) * 100)}%)` }}
                  />
                </td>
                <td className={classes.why}>{whatMoved(contribution)}</td>
              </tr>
            ))}
            <EndRow name="After" end={after} place={at(after.value ?? 0)} />
          </tbody>
          <tfoot aria-hidden>
            <tr><td colSpan={2} /><td className={classes.ends}><span>{share(low)}</span><span>{share(high)}</span></td><td /></tr>
          </tfoot>
        </table>
      )}
    </>
  );
}

/** A mark and no bar: the drawing does not begin at 0. */
function EndRow({ name, end, place }: { name: string; end: End; place: string }) {
  const answer: Answer = {
    title: `Trust ${name.toLowerCase()}`,
    lines: [['Recorded', exactMoment(end.recordedAt)], ['Window until', exactMoment(end.windowEnd)]],
  };
  return (
    <tr className={classes.total}>
      <th scope="row">{name}</th>
      <td className={classes.amount}><Asked answer={answer} to={paths.evaluation(end.evaluationId)}>{share(end.value, 3)}</Asked></td>
      <td className={classes.drawing}><i className={classes.mark} style={{ left: place }} /></td>
      <td className={classes.why}>window until {day(end.windowEnd)}</td>
    </tr>
  );
}

/** A change in words, with everything that it is made of. */
function answerOf(contribution: Contribution, { before, after }: ChangeFiguresFragment): Answer {
  const { parts } = contribution;
  return {
    title: `${nameOf(contribution)}: ${signed(contribution.amount, 4)} of the score`,
    text: 'Its share of the change, averaged over all orders in which what moved could have moved.',
    lines: [
      ['Its value', contribution.kind === null ? null : `${share(contribution.before, 3)} before, ${share(contribution.after, 3)} after`],
      ['Windows until', `${day(before.windowEnd)} and ${day(after.windowEnd)}`],
      ...parts.slice(0, 8).map((part): [string, string] => [measureName(part.name), signed(part.amount, 4)]),
    ],
  };
}
