import { useRef, useState } from 'react';
import { useMutation, type AnyVariables, type TypedDocumentNode } from 'urql';
import { graphql } from '../gql';
import { problemOf, problemsOf, type Answer, type Problems } from './outcome';

/** What each mutation asks of a failure, so that it can be told with the fields that are wrong. */
export const Refusal = graphql(`
  fragment Refusal on Failure {
    code
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

/** What a form shows of the command that it sends. */
export interface Asking {
  isBusy: boolean;
  /** What went wrong the last time, as a sentence. */
  failure: string | null;
  /** Where that was a text that looks like personal data: what is sent while `submit` runs is recorded all the same. */
  confirm?: ((submit: () => void) => void) | null;
}

export interface Command<Variables> extends Asking {
  /** What was wrong the last time, by its place in what was sent. */
  problems: Problems;
  /** Whether it was done. */
  send: (variables: Variables) => Promise<boolean>;
}

const LOOKS_PERSONAL = 'PERSONAL_DATA';

function confirmed<Variables extends AnyVariables>(variables: Variables): Variables {
  return { ...variables, input: { ...(variables as { input: object }).input, confirmPersonal: true } };
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
  const [problems, setProblems] = useState<Problems>(problemsOf(undefined));
  const [looksPersonal, setLooksPersonal] = useState(false);
  const isConfirming = useRef(false);
  const send = async (variables: Variables) => {
    setBusy(true);
    const given = isConfirming.current ? confirmed(variables) : variables;
    if (given === variables) {
      setFailure(null);
      setLooksPersonal(false);
    }
    const { data, error } = await execute(given, changes && { additionalTypenames: [...changes] });
    const answer: unknown = data && Object.values(data)[0];
    const problem = problemOf(error, answer as Answer | undefined);
    setBusy(false);
    setFailure(problem);
    setProblems(problemsOf(answer as Answer | undefined));
    setLooksPersonal(problem !== null && (answer as Answer | undefined)?.code === LOOKS_PERSONAL);
    if (problem === null) onDone(answer as Payload<Data>);
    return problem === null;
  };
  const confirm = (submit: () => void) => {
    isConfirming.current = true;
    try {
      submit();
    } finally {
      isConfirming.current = false;
    }
  };
  return { send, isBusy, failure, problems, confirm: looksPersonal ? confirm : null };
}
