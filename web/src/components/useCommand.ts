import { useState } from 'react';
import { useMutation, type AnyVariables, type TypedDocumentNode } from 'urql';
import { graphql } from '../gql';
import { problemOf, type Answer } from './outcome';

/** What each mutation asks of a failure, so that it can be told with the fields that are wrong. */
export const Refusal = graphql(`
  fragment Refusal on Failure {
    message
    ... on InvalidError {
      fields {
        path
        message
      }
    }
  }
`);

/** What a mutation answers where it was done. */
type Payload<Data> = Extract<Data[Exclude<keyof Data, '__typename'>], { __typename: `${string}Payload` }>;

export interface Command<Variables> {
  /** Whether it was done. */
  send: (variables: Variables) => Promise<boolean>;
  isBusy: boolean;
  /** What went wrong the last time, as a sentence. */
  failure: string | null;
}

/**
 * One mutation of one field: sent, waited for, and either done or refused in words. What is shown of the types that it
 * answers, and of those that it `changes` besides, is read again.
 */
export function useCommand<Data extends object, Variables extends AnyVariables>(
  mutation: TypedDocumentNode<Data, Variables>,
  onDone: (payload: Payload<Data>) => void,
  changes?: readonly string[],
): Command<Variables> {
  const [, execute] = useMutation(mutation);
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const send = async (variables: Variables) => {
    setBusy(true);
    const { data, error } = await execute(variables, changes && { additionalTypenames: [...changes] });
    const answer: unknown = data && Object.values(data)[0];
    const problem = problemOf(error, answer as Answer | undefined);
    setBusy(false);
    setFailure(problem);
    if (problem === null) onDone(answer as Payload<Data>);
    return problem === null;
  };
  return { send, isBusy, failure };
}
