import { Choice } from '../../components/Choice';
import { Shape } from '../../components/Meaning';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { Empty, Loaded, LoadingRows } from '../../components/states';
import { Time } from '../../components/Time';
import { useAsOf, useParam } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { useRefresh } from '../../components/useRefresh';
import { graphql } from '../../gql';
import { milestones } from './milestones';
import classes from './audit.module.css';

const NEWEST = 50;
const REFRESH_MILLISECONDS = 10_000;

const Milestones = graphql(`
  query Milestones($id: ID!, $first: Int!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      marks {
        position
        recordedAt
        text
      }
      evaluations(first: $first) {
        nodes {
          id
          state
          cause
          completedAt
          windowStart
          windowEnd
          score {
            value
            standing
          }
        }
      }
      alerts(first: $first) {
        nodes {
          id
          raisedAt
          resolvedAt
          sentence
        }
      }
    }
  }
`);

/** One model's story on one line: what was done to it, what was found of it, what rang. */
export function ModelTimeline({ modelId }: { modelId: string }) {
  const { asOf } = useAsOf();
  const [which, setWhich] = useParam('which', 'notable');
  const [result, readAgain] = useKeptQuery({ query: Milestones, variables: { id: modelId, first: NEWEST, asOf } });
  useRefresh(readAgain, asOf === null ? REFRESH_MILLISECONDS : null);
  const model = result.data?.model;
  const all = model ? milestones({ marks: model.marks, evaluations: model.evaluations.nodes, alerts: model.alerts.nodes }) : [];
  const shown = which === 'all' ? all : all.filter((each) => each.isNotable);
  return (
    <Panel
      title="What happened to this model"
      note={`Newest first: promotions, baselines and policies; changes of standing and alerts. Of the newest ${String(NEWEST)} evaluations and alerts.`}
      actions={<Choice name="Which of it" value={which} onChoose={setWhich} options={[['notable', 'Changes'], ['all', 'With every evaluation']]} />}
    >
      <Loaded
        what="What happened to the model"
        result={result}
        onRetry={() => readAgain({ requestPolicy: 'network-only' })}
        loading={<LoadingRows rows={6} height={20} />}
        isEmpty={() => shown.length === 0}
        empty={<Empty title="Nothing has happened to it yet">A baseline, a promotion, a change of its standing or an alert will stand here.</Empty>}
      >
        {() => (
          <ol className={classes.milestones}>
            {shown.map((each) => (
              <li key={each.key}>
                <span className="dim small"><Time at={each.at} /></span>
                <Shape meaning={each.meaning} />
                <PlaceLink to={each.to}>{each.text}</PlaceLink>
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </Panel>
  );
}
