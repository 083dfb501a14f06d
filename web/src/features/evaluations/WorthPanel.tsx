import { Panel } from '../../components/Panel';
import { graphql, readFragment, type FragmentType } from '../../gql';
import { Fact, Facts } from '../../components/Fact';
import { interval, limit } from '../../lib/format';
import { ResultFigures } from './fragments';
import { ResultValue, type Origin } from './ResultValue';
import { VerdictMark } from './VerdictMark';

export const WorthFigures = graphql(`
  fragment WorthFigures on BusinessValueOfWindow {
    unit
    sentence
    total
    totalInterval {
      low
      high
    }
    perDecision {
      ...ResultFigures
    }
  }
`);

/** What the decisions were worth; nothing where the plan doesn't say what each is. */
export function WorthPanel({ given, origin }: { given: FragmentType<typeof WorthFigures> | null | undefined; origin: Origin }) {
  const worth = readFragment(WorthFigures, given);
  if (!worth) return null;
  const each = readFragment(ResultFigures, worth.perDecision);
  return (
    <Panel title="Business value" note={origin.window}>
      <p>{worth.sentence}</p>
      <Facts>
        <Fact name={`${worth.unit} a decision`}><ResultValue result={each} origin={origin} /> <VerdictMark verdict={each.verdict} /></Fact>
        {each.interval && <Fact name="Between">{interval(each.interval)}</Fact>}
        {each.limit !== null && <Fact name="At least">{limit(each.limit)}</Fact>}
        {worth.totalInterval && <Fact name="All of them, between">{interval(worth.totalInterval)}</Fact>}
        {each.reason && <Fact name="Because">{each.reason}</Fact>}
      </Facts>
    </Panel>
  );
}
