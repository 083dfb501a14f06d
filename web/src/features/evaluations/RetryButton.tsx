import { Button } from '@mantine/core';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import { graphql } from '../../gql';

const RetryEvaluation = graphql(`
  mutation RetryEvaluation($input: RetryEvaluationInput!) {
    retryEvaluation(input: $input) {
      __typename
      ... on RetryEvaluationPayload {
        evaluation {
          id
          state
        }
      }
      ...Refusal
    }
  }
`);

/** Tries an evaluation again that was given up or cancelled, just as it was asked for. */
export function RetryButton({ evaluationId, onDone }: { evaluationId: string; onDone: () => void }) {
  const command = useCommand(RetryEvaluation, onDone);
  return (
    <div>
      <Button size="xs" variant="default" loading={command.isBusy} onClick={() => void command.send({ input: { evaluationId } })}>Try it again</Button>
      <Refused {...command} />
    </div>
  );
}
