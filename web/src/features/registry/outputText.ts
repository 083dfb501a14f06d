import type { VersionFiguresFragment } from '../../gql/graphql';
import { significant } from '../../lib/format';

type Signature = VersionFiguresFragment['signature'];

/** What a version makes of a row: "decides no or yes, positive is yes", or "predicts a number in kEUR, at least 0". */
export function outputText({ classes, positiveClass, number }: Pick<Signature, 'classes' | 'positiveClass' | 'number'>): string {
  if (number === null) return `decides ${classes.join(' or ')}, positive is ${positiveClass ?? 'not named'}`;
  const { minimum, maximum, unit } = number;
  const bounds = [minimum === null ? null : `at least ${significant(minimum)}`, maximum === null ? null : `at most ${significant(maximum)}`].filter((each) => each !== null);
  return `predicts a number${unit === null ? '' : ` in ${unit}`}${bounds.length > 0 ? `, ${bounds.join(' and ')}` : ''}`;
}
