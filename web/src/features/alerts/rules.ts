import { count, limit, measureName } from '../../lib/format';

interface Rule {
  subject: string;
  operator: 'BELOW' | 'ABOVE';
  threshold: number;
  inARow: number;
}

const IN_A_SLICE = /^([^:@]*)@(.*)$/s;

/** `population_stability_index:SCHL` as "Population stability index of SCHL", `recall@women` as "Recall in women". */
export function subjectText(subject: string): string {
  const [, ofSlice, slice] = IN_A_SLICE.exec(subject) ?? [];
  if (ofSlice !== undefined) return `${measureName(ofSlice)} in ${slice}`;
  const [measure = '', part] = subject.split(':');
  return part === undefined ? measureName(measure) : `${measureName(measure)} of ${part}`;
}

/** "Trust below 0.75, 2 recorded results in a row". */
export function ruleText(rule: Rule): string {
  const often = rule.inARow === 1 ? 'once' : `${count(rule.inARow)} recorded results in a row`;
  return `${subjectText(rule.subject)} ${rule.operator.toLowerCase()} ${limit(rule.threshold)}, ${often}`;
}
