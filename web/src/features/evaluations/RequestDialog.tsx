import { Alert, Button, Group, Modal, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { useNavigate } from 'react-router';
import { useMutation } from 'urql';
import { problemOf } from '../../components/outcome';
import { paths } from '../../components/paths';
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
      ... on Failure {
        message
      }
      ... on InvalidError {
        fields {
          path
          message
        }
      }
    }
  }
`);

/** Asks for an evaluation of one window, half-open in the time of prediction, and opens it. */
export function RequestDialog({ isOpen, onClose, version, windowStart, windowEnd }: {
  isOpen: boolean;
  onClose: () => void;
  version: { id: string; tag: string };
  windowStart: string;
  windowEnd: string;
}) {
  const navigate = useNavigate();
  const [{ fetching }, request] = useMutation(RequestEvaluation);
  const [failure, setFailure] = useState<string | null>(null);
  const submit = async (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const time = (name: string) => {
      const value = form.get(name);
      return typeof value === 'string' ? new Date(value).toISOString() : '';
    };
    const { data, error } = await request({
      input: { versionId: version.id, windowStart: time('start'), windowEnd: time('end') },
    });
    const answer = data?.requestEvaluation;
    setFailure(problemOf(error, answer));
    if (answer?.__typename !== 'RequestEvaluationPayload') return;
    onClose();
    if (answer.evaluation) void navigate(paths.evaluation(answer.evaluation.id));
  };
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Evaluate a window of ${version.tag}`} centered>
      <form onSubmit={(event) => void submit(event)} style={{ display: 'grid', gap: 16 }}>
        <p className="dim">It reads the rows whose predictions were made from the start up to, and without, the end. The result is recorded.</p>
        <TextInput label="From" name="start" type="datetime-local" step={1} required defaultValue={toLocalInput(windowStart)} />
        <TextInput label="To" name="end" type="datetime-local" step={1} required defaultValue={toLocalInput(windowEnd)} />
        {failure !== null && <Alert color="red" variant="light" role="alert">{failure}</Alert>}
        <Group justify="flex-end" gap={8}>
          <Button variant="default" onClick={onClose}>Cancel</Button>
          <Button type="submit" loading={fetching}>Evaluate</Button>
        </Group>
      </form>
    </Modal>
  );
}
