import { Button } from '@mantine/core';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import { graphql } from '../../gql';

const CancelEvaluation = graphql(`
  mutation CancelEvaluation($input: CancelEvaluationInput!) {
    cancelEvaluation(input: $input) {
      __typename
      ... on CancelEvaluationPayload {
        evaluation {
          id
          state
        }
      }
      ...Refusal
    }
  }
`);

/** Lets an evaluation be that is not over yet. */
export function CancelButton({ evaluationId, onDone }: { evaluationId: string; onDone: () => void }) {
  const command = useCommand(CancelEvaluation, onDone);
  return (
    <div>
      <Button size="xs" variant="default" loading={command.isBusy} onClick={() => void command.send({ input: { evaluationId } })}>Cancel it</Button>
      <Refused {...command} />
    </div>
  );
}
