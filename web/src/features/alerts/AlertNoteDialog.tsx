import { ReasonDialog } from '../../components/ReasonDialog';
import { useDialogCommand, type Opener } from '../../components/useDialogCommand';
import { graphql } from '../../gql';

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
      ...Refusal
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
      ...Refusal
    }
  }
`);

export type Step = 'acknowledge' | 'resolve';

const RECORDED = 'be recorded with your name and the note';
const WORDS = {
  acknowledge: {
    title: 'Acknowledge the alert',
    happens: ['say that you look after it', 'keep it waiting until it is resolved', RECORDED],
    reasonLabel: 'Note',
    action: 'Acknowledge',
  },
  resolve: {
    title: 'Resolve the alert',
    happens: ['close it', 'open it again if the rule is broken once more', RECORDED],
    reasonLabel: 'What was it, and what was done?',
    action: 'Resolve',
  },
};

/** A next step of an alert, with a note. */
export function AlertNoteDialog({ step, alertId, ...opener }: Opener & { step: Step; alertId: string }) {
  const acknowledge = useDialogCommand(AcknowledgeAlert, opener);
  const resolve = useDialogCommand(ResolveAlert, opener);
  const command = step === 'acknowledge' ? acknowledge : resolve;
  return (
    <ReasonDialog
      {...WORDS[step]}
      onClose={opener.onClose}
      isReasonNeeded={false}
      command={command}
      onReason={(note) => command.send({ input: { alertId, note } })}
    />
  );
}
