import { readFragment } from '../../gql';
import type { NumbersFiguresFragment } from '../../gql/graphql';
import { significant } from '../../lib/format';
import { SpreadFigures } from './fragments';

/** Whether predictions are too low or too high on average, and how they were before: one sentence. */
export function biasSentence({ errorSpread, baselineErrorSpread, unit }: Pick<NumbersFiguresFragment, 'errorSpread' | 'baselineErrorSpread' | 'unit'>): string {
  const now = readFragment(SpreadFigures, errorSpread);
  const before = readFragment(SpreadFigures, baselineErrorSpread);
  if (now.mean === null) return 'No labels have come in for this window, so nothing is known of its errors.';
  const inUnit = (value: number) => `${significant(value)}${unit ? ` ${unit}` : ''}`;
  const side = now.mean === 0 ? 'Predictions are neither too low nor too high on average' : `Predictions are too ${now.mean > 0 ? 'low' : 'high'} by ${inUnit(Math.abs(now.mean))} on average`;
  const spread = now.deviation === null ? '' : `; single ones lie ${inUnit(now.deviation)} around that (standard deviation)`;
  if (before.mean === null) return `${side}${spread}. The baseline has no labels to compare with.`;
  const was = before.mean === 0 ? 'neither' : `too ${before.mean > 0 ? 'low' : 'high'} by ${inUnit(Math.abs(before.mean))}`;
  return `${side}${spread}. In the baseline they were ${was}${before.deviation === null ? '' : `, around ${inUnit(before.deviation)}`}.`;
}
