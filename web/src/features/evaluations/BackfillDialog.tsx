import { Textarea, TextInput } from '@mantine/core';
import { FormDialog } from '../../components/FormDialog';
import { useCommand } from '../../components/useCommand';
import { graphql } from '../../gql';

const BackfillEvaluations = graphql(`
  mutation BackfillEvaluations($input: BackfillEvaluationsInput!) {
    backfillEvaluations(input: $input) {
      __typename
      ... on BackfillEvaluationsPayload {
        plan {
          id
        }
        backfill {
          windows
        }
      }
      ...Refusal
    }
  }
`);

/** Asks for the history of a version to be measured by its present plan. */
export function BackfillDialog({ onClose, onDone, version }: {
  onClose: () => void;
  onDone: () => void;
  version: { id: string; tag: string };
}) {
  const command = useCommand(BackfillEvaluations, () => {
    onClose();
    onDone();
  });
  return (
    <FormDialog
      title={`Measure the history of ${version.tag}`}
      onClose={onClose}
      command={command}
      onSubmit={(form) => command.send({
        input: { versionId: version.id, predictedFrom: time(form, 'from'), predictedTo: time(form, 'to'), reason: text(form, 'reason') },
      })}
      action="Measure"
    >
      <p className="dim">
        Each closed window that was not measured by the present plan and against the present baseline is, when nothing else is due. It raises no alert, and the trust score
        of now stays as it is.
      </p>
      <TextInput label="From" description="Nothing for the beginning." name="from" type="datetime-local" step={1} />
      <TextInput label="To" description="Nothing for the end." name="to" type="datetime-local" step={1} />
      <Textarea label="Why" description="It becomes part of the record." name="reason" required autosize minRows={2} />
    </FormDialog>
  );
}

function text(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

function time(form: FormData, name: string): string | null {
  const value = text(form, name);
  return value === '' ? null : new Date(value).toISOString();
}
