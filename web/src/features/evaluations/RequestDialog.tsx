import { TextInput } from '@mantine/core';
import { FormDialog } from '../../components/FormDialog';
import { paths } from '../../components/paths';
import { useCommand } from '../../components/useCommand';
import { useGo } from '../../components/useProject';
import { graphql } from '../../gql';
import { toLocalInput } from '../../lib/time';

const RequestEvaluation = graphql(`
  mutation RequestEvaluation($input: RequestEvaluationInput!) {
    requestEvaluation(input: $input) {
      __typename
      ... on RequestEvaluationPayload {
        evaluation {
          id
        }
      }
      ...Refusal
    }
  }
`);

/** Asks for an evaluation of one window, half-open in the time of prediction, and opens it. */
export function RequestDialog({ onClose, version, windowStart, windowEnd }: {
  onClose: () => void;
  version: { id: string; tag: string };
  windowStart: string;
  windowEnd: string;
}) {
  const go = useGo();
  const command = useCommand(RequestEvaluation, ({ evaluation }) => {
    onClose();
    if (evaluation) go(paths.evaluation(evaluation.id));
  });
  return (
    <FormDialog
      title={`Evaluate a window of ${version.tag}`}
      onClose={onClose}
      command={command}
      onSubmit={(form) => command.send({ input: { versionId: version.id, windowStart: time(form, 'start'), windowEnd: time(form, 'end') } })}
      action="Evaluate"
    >
      <p className="dim">It reads the rows whose predictions were made from the start up to, and without, the end. The result is recorded.</p>
      <TextInput label="From" name="start" type="datetime-local" step={1} required defaultValue={toLocalInput(windowStart)} />
      <TextInput label="To" name="end" type="datetime-local" step={1} required defaultValue={toLocalInput(windowEnd)} />
    </FormDialog>
  );
}

function time(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? new Date(value).toISOString() : '';
}
