import { Button, CloseButton } from '@mantine/core';
import { useState } from 'react';
import { useMutation } from 'urql';
import { Fact, Facts } from '../../components/Fact';
import { MeaningMark } from '../../components/Meaning';
import { ALERT_STATES } from '../../components/meanings';
import { problemOf } from '../../components/outcome';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { ReasonDialog } from '../../components/ReasonDialog';
import { Empty, Failing, LoadingBlock } from '../../components/states';
import { Time } from '../../components/Time';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql, readFragment } from '../../gql';
import { count, measured } from '../../lib/format';
import { actorName } from '../../lib/sentences';
import { DeliveryLog } from './DeliveryLog';
import { AlertFigures } from './fragments';
import { ruleText } from './rules';
import classes from './alerts.module.css';

const AlertScreen = graphql(`
  query AlertScreen($id: ID!, $asOf: AsOf) {
    alert(id: $id, asOf: $asOf) {
      id
      ...AlertFigures
    }
  }
`);

const AcknowledgeAlert = graphql(`
  mutation AcknowledgeAlert($input: AlertNoteInput!) {
    acknowledgeAlert(input: $input) {
      __typename
      ... on AcknowledgeAlertPayload {
        lagging
        alert {
          id
          state
        }
      }
      ... on Failure {
        message
      }
    }
  }
`);

const ResolveAlert = graphql(`
  mutation ResolveAlert($input: AlertNoteInput!) {
    resolveAlert(input: $input) {
      __typename
      ... on ResolveAlertPayload {
        lagging
        alert {
          id
          state
        }
      }
      ... on Failure {
        message
      }
    }
  }
`);

/** One alert: what, since when, how bad; the chain to what raised it; what was done and what can be done. */
export function AlertDetail({ id, onClose, onChanged }: { id: string; onClose: () => void; onChanged: () => void }) {
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: AlertScreen, variables: { id, asOf } });
  const [step, setStep] = useState<'acknowledge' | 'resolve' | null>(null);
  const [, acknowledge] = useMutation(AcknowledgeAlert);
  const [, resolve] = useMutation(ResolveAlert);
  const alert = readFragment(AlertFigures, result.data?.alert);
  const read = () => readAgain({ requestPolicy: 'network-only' });
  const done = (problem: string | null) => {
    if (problem === null) {
      read();
      onChanged();
    }
    return problem;
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
      {asOf === null && alert.state !== 'RESOLVED' && (
        <div className={classes.actions}>
          {alert.state === 'OPEN' && <Button size="xs" onClick={() => setStep('acknowledge')}>Acknowledge…</Button>}
          <Button size="xs" variant="default" onClick={() => setStep('resolve')}>Resolve…</Button>
        </div>
      )}
      <DeliveryLog alertId={alert.id} />
      <ReasonDialog
        title="Acknowledge the alert"
        isOpen={step === 'acknowledge'}
        onClose={() => setStep(null)}
        happens={['say that you look after it', 'keep it waiting until it is resolved', 'be recorded with your name and the note']}
        reasonLabel="Note"
        isReasonNeeded={false}
        action="Acknowledge"
        onConfirm={async (note) => {
          const { data, error } = await acknowledge({ input: { alertId: alert.id, note } });
          return done(problemOf(error, data?.acknowledgeAlert));
        }}
      />
      <ReasonDialog
        title="Resolve the alert"
        isOpen={step === 'resolve'}
        onClose={() => setStep(null)}
        happens={['close it', 'open it again if the rule is broken once more', 'be recorded with your name and the note']}
        reasonLabel="What was it, and what was done?"
        isReasonNeeded={false}
        action="Resolve"
        onConfirm={async (note) => {
          const { data, error } = await resolve({ input: { alertId: alert.id, note } });
          return done(problemOf(error, data?.resolveAlert));
        }}
      />
    </Panel>
  );
}
