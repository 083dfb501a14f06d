import { Button, CloseButton } from '@mantine/core';
import { useState } from 'react';
import { Fact, Facts } from '../../components/Fact';
import { MeaningMark } from '../../components/Meaning';
import { ALERT_STATES } from '../../components/meanings';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Empty, Failing, LoadingBlock } from '../../components/states';
import { Time } from '../../components/Time';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql, readFragment } from '../../gql';
import { count, measured } from '../../lib/format';
import { actorName } from '../../lib/sentences';
import { AlertNoteDialog, type Step } from './AlertNoteDialog';
import { DeliveryLog } from './DeliveryLog';
import { AlertFigures } from './fragments';
import { ruleText } from './rules';
import classes from './alerts.module.css';

const AlertScreen = graphql(`
  query AlertScreen($id: ID!, $asOf: AsOf) {
    alert(id: $id, asOf: $asOf) {
      id
      ...AlertFigures
      model {
        id
        project {
          id
          permissions
        }
      }
    }
  }
`);

/** One alert: what, since when, how bad; the chain to what raised it; what was done and what can be done. */
export function AlertDetail({ id, onClose, onChanged }: { id: string; onClose: () => void; onChanged: () => void }) {
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: AlertScreen, variables: { id, asOf } });
  const [step, setStep] = useState<Step | null>(null);
  const alert = readFragment(AlertFigures, result.data?.alert);
  const mayAnswer = result.data?.alert?.model.project.permissions.includes('WRITE_ALERTS') ?? false;
  const read = () => readAgain({ requestPolicy: 'network-only' });
  const done = () => {
    read();
    onChanged();
  };
  if (result.data === undefined) {
    return result.error ? <Failing what="The alert" error={result.error} onRetry={read} /> : <LoadingBlock height={320} />;
  }
  if (!alert) return <Empty title={asOf === null ? 'There is no such alert' : 'This alert was not known then'} />;
  const { meaning, word } = ALERT_STATES[alert.state];
  return (
    <Panel
      title={alert.rule.name}
      actions={<><MeaningMark meaning={meaning}>{word}</MeaningMark><CloseButton size="sm" aria-label="Close the alert" onClick={onClose} /></>}
    >
      <p><strong>{alert.sentence}</strong></p>
      <nav className={classes.chain} aria-label="What it comes from">
        <PlaceLink to={paths.evaluation(alert.evaluationId)}>Evaluation</PlaceLink> →{' '}
        <PlaceLink to={paths.model(alert.model.id, 'versions')}>{alert.version.tag}</PlaceLink> →{' '}
        <PlaceLink to={paths.model(alert.model.id)}>{alert.model.name}</PlaceLink> →{' '}
        <PlaceLink to={paths.model(alert.model.id, 'timeline')}>who changed what</PlaceLink>
      </nav>
      <Facts>
        <Fact name="Rule">{ruleText(alert.rule)}</Fact>
        <Fact name="Value">{measured(alert.value)}</Fact>
        <Fact name="Since"><Time at={alert.since} isExact /></Fact>
        <Fact name="Raised"><Time at={alert.raisedAt} isExact /></Fact>
        <Fact name="Times raised">{count(alert.timesRaised)}</Fact>
        {alert.acknowledgedAt && <Fact name="Acknowledged"><Time at={alert.acknowledgedAt} /> by {actorName(alert.acknowledgedBy)}</Fact>}
        {alert.resolvedAt && <Fact name="Resolved"><Time at={alert.resolvedAt} /> by {actorName(alert.resolvedBy)}</Fact>}
        {alert.note && <Fact name="Note">{alert.note}</Fact>}
      </Facts>
      {asOf === null && mayAnswer && alert.state !== 'RESOLVED' && (
        <div className={classes.actions}>
          {alert.state === 'OPEN' && <Button size="xs" onClick={() => setStep('acknowledge')}>Acknowledge…</Button>}
          <Button size="xs" variant="default" onClick={() => setStep('resolve')}>Resolve…</Button>
        </div>
      )}
      <DeliveryLog alertId={alert.id} />
      {step !== null && <AlertNoteDialog step={step} alertId={alert.id} onClose={() => setStep(null)} onDone={done} />}
    </Panel>
  );
}
