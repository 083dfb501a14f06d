import { Button } from '@mantine/core';
import { Choice } from '../../components/Choice';
import { Shape } from '../../components/Meaning';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Empty, Failing, Loaded, LoadingRows } from '../../components/states';
import { Time } from '../../components/Time';
import { useAsOf, useParam } from '../../components/useAsOf';
import { milestones } from './milestones';
import { useMilestones, wholeSince } from './useMilestones';
import classes from './audit.module.css';

/** One model's story on one line: what was done to it, what was found of it, what rang. */
export function ModelTimeline({ modelId, mayAudit }: { modelId: string; mayAudit: boolean }) {
  const { asOf } = useAsOf();
  const [which, setWhich] = useParam('which', 'notable');
  const { result, model, older, readOlder, isGrown, readNewest } = useMilestones(modelId, asOf);
  const all = model ? milestones({ marks: model.marks, evaluations: model.evaluations.nodes, alerts: model.alerts.nodes }) : [];
  const since = model && wholeSince(model);
  const shown = all.filter((each) => (which === 'all' || each.isNotable) && (since === null || Date.parse(each.at) >= Date.parse(since)));
  return (
    <Panel
      title="What happened to this model"
      note="Newest first: promotions, baselines and policies; changes of standing and alerts."
      actions={<Choice name="Which of it" value={which} onChoose={setWhich} options={[['notable', 'Changes'], ['all', 'With every evaluation']]} />}
    >
      <Loaded
        what="What happened to the model"
        result={result}
        onRetry={readNewest}
        loading={<LoadingRows rows={6} height={20} />}
        isEmpty={() => shown.length === 0 && since === null}
        empty={<Empty title="Nothing has happened to it yet">A baseline, a promotion, a change of its standing or an alert will stand here.</Empty>}
      >
        {() => (
          <>
            <ol className={classes.milestones}>
              {shown.map((each) => (
                <li key={each.key}>
                  <span className="dim small"><Time at={each.at} /></span>
                  <Shape meaning={each.meaning} />
                  {mayAudit || !each.to.startsWith(paths.audit) ? <PlaceLink to={each.to}>{each.text}</PlaceLink> : <span>{each.text}</span>}
                </li>
              ))}
            </ol>
            <div className={classes.further}>
              <span className="dim small">
                {since === null ? 'This is all of it.' : <>{shown.length === 0 ? 'Nothing but evaluations that found the same' : 'This is all'} since <Time at={since} isExact />.</>}
              </span>
              {since !== null && <Button size="xs" variant="default" loading={older.isReading} onClick={() => void readOlder()}>Show older</Button>}
              {isGrown && asOf === null && <Button size="xs" variant="subtle" onClick={readNewest}>Back to the newest</Button>}
            </div>
            {older.error && <Failing what="What is older" error={older.error} onRetry={() => void readOlder()} />}
          </>
        )}
      </Loaded>
    </Panel>
  );
}
