import { ReasonDialog } from '../../components/ReasonDialog';
import { useDialogCommand, type Opener } from '../../components/useDialogCommand';
import { graphql } from '../../gql';

const CancelBackfill = graphql(`
  mutation CancelBackfill($input: CancelBackfillInput!) {
    cancelBackfill(input: $input) {
      __typename
      ... on CancelBackfillPayload {
        backfill {
          id
          cancelledAt
        }
      }
      ...Refusal
    }
  }
`);

const HAPPENS = ['stop what is computed of it, and compute none of the rest', 'leave what is measured as it is', 'be recorded with your name and the reason'] as const;

/** Lets be what of a history is not measured yet. */
export function CancelBackfillDialog({ backfillId, tag, ...opener }: Opener & { backfillId: string; tag: string }) {
  const command = useDialogCommand(CancelBackfill, opener, ['Model', 'Evaluation']);
  return (
    <ReasonDialog
      title={`Measure no more of the history of ${tag}`}
      happens={HAPPENS}
      reasonLabel="Why?"
      action="Stop it"
      command={command}
      onClose={opener.onClose}
      onReason={(reason) => command.send({ input: { backfillId, reason } })}
    >
      <p className="dim small">What is left may be asked for again at any time.</p>
    </ReasonDialog>
  );
}
