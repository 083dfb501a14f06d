import type { CombinedError } from 'urql';
import { failureText } from './states';

export interface Answer {
  __typename?: string;
  code?: string;
  message?: string;
  fields?: readonly { path: readonly string[]; message: string }[];
}

/** What went wrong with a mutation, as a sentence that can be shown; null when it was done. */
export function problemOf(error: CombinedError | undefined, answer: Answer | undefined): string | null {
  if (answer === undefined) return error ? failureText(error) : 'The server gave no answer. Look again before repeating it.';
  if (answer.message === undefined) return null;
  const fields = (answer.fields ?? []).map((field) => `${field.path.join('.')}: ${field.message}`);
  // Of one field alone, the message says it already.
  if (fields.length === 1 && fields[0] === answer.message) return answer.message;
  return [answer.message, ...fields].join(' · ');
}

export type Problems = ReadonlyMap<string, string>;

/** What is wrong with each field that was sent, by its path: `slices.0.name`. */
export function problemsOf(answer: Answer | undefined): Problems {
  return new Map((answer?.fields ?? []).map((field) => [field.path.join('.'), field.message]));
}
