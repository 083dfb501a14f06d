import { NumberInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { ComponentKind, PolicyFiguresFragment, TrustAggregation } from '../gql/graphql';
import { words } from '../lib/format';
import classes from './PolicyDialog.module.css';
import { Choice } from './Choice';
import { ReasonDialog } from './ReasonDialog';
import type { Asking } from './useCommand';

const MOST_WEIGHT = 1_000;
const DAY_SECONDS = 86_400;
const MOST_DAYS = 3_650;
const LEAST_DAYS = 0.01;

/** What shall change of a policy, and why; what is left out stays. */
export interface WantedPolicy {
  threshold?: number;
  minimumCoverage?: number;
  weights?: { kind: ComponentKind; weight: number }[];
  aggregation?: TrustAggregation;
  freshSeconds?: number;
  halfLifeSeconds?: number;
  reason: string;
}

/** The rules without the reason. */
export type Rules = Omit<WantedPolicy, 'reason'>;

const AGGREGATIONS = [['WEIGHTED_MEAN', 'Weighted mean'], ['WORST', 'The worst component']] as const;

type Given = number | string;

/** Asks for other rules. Only the numbers that somebody touched are sent; the others are shown as they are by now. */
export function PolicyDialog({ title, policy, happens, command, onClose, onChange, tried }: {
  title: string;
  policy: PolicyFiguresFragment;
  happens: readonly string[];
  command: Asking;
  onClose: () => void;
  onChange: (wanted: WantedPolicy) => void;
  /** What these rules would make of what is there; told while they are chosen. */
  tried?: (rules: Rules) => ReactNode;
}) {
  const [threshold, setThreshold] = useState<Given>();
  const [coverage, setCoverage] = useState<Given>();
  const [fresh, setFresh] = useState<Given>();
  const [halfLife, setHalfLife] = useState<Given>();
  const [weights, setWeights] = useState<Partial<Record<ComponentKind, Given>>>({});
  const [aggregation, setAggregation] = useState<TrustAggregation>(policy.aggregation);
  const changed: Rules = {};
  if (aggregation !== policy.aggregation) changed.aggregation = aggregation;
  if (threshold !== undefined && threshold !== policy.threshold) changed.threshold = Number(threshold);
  if (coverage !== undefined && coverage !== policy.minimumCoverage) changed.minimumCoverage = Number(coverage);
  if (fresh !== undefined && fresh !== daysOf(policy.freshSeconds)) changed.freshSeconds = secondsOf(fresh);
  if (halfLife !== undefined && halfLife !== daysOf(policy.halfLifeSeconds)) changed.halfLifeSeconds = secondsOf(halfLife);
  const touched = policy.weights.filter(({ kind, weight }) => weights[kind] !== undefined && weights[kind] !== rounded(weight));
  if (touched.length > 0) changed.weights = touched.map(({ kind }) => ({ kind, weight: Number(weights[kind]) }));
  const given = [threshold, coverage, fresh, halfLife, ...Object.values(weights)].filter((each) => each !== undefined);
  const isChanged = Object.keys(changed).length > 0;
  const isWhole = given.every((each) => each !== '' && Number.isFinite(Number(each)));
  return (
    <ReasonDialog
      title={title}
      happens={happens}
      reasonLabel="Why?"
      action="Change it"
      command={command}
      isReady={isWhole && isChanged}
      onClose={onClose}
      onReason={(reason) => onChange({ ...changed, reason })}
    >
      <div className={classes.numbers}>
        <NumberInput label="Threshold" description="The least score that is trusted." min={0} max={1} step={0.01} value={threshold ?? policy.threshold} onChange={setThreshold} />
        <NumberInput label="Minimum coverage" description="With less there is no score." min={0.01} max={1} step={0.01} value={coverage ?? policy.minimumCoverage} onChange={setCoverage} />
      </div>
      <fieldset className={classes.weights}>
        <legend>Weights</legend>
        {policy.weights.map(({ kind, weight }) => (
          <NumberInput
            key={kind}
            label={words(kind)}
            min={0}
            max={MOST_WEIGHT}
            step={0.1}
            value={weights[kind] ?? rounded(weight)}
            onChange={(value) => setWeights((before) => ({ ...before, [kind]: value }))}
          />
        ))}
        <p className="dim small">They count against each other; 0 leaves a component out.</p>
      </fieldset>
      <div className={classes.numbers}>
        <NumberInput label="Fresh for, in days" description="Evidence counts whole for so long after rows last came in." min={LEAST_DAYS} max={MOST_DAYS} step={1} value={fresh ?? daysOf(policy.freshSeconds)} onChange={setFresh} />
        <NumberInput label="Half-life, in days" description="From then on it counts half as much with each." min={LEAST_DAYS} max={MOST_DAYS} step={1} value={halfLife ?? daysOf(policy.halfLifeSeconds)} onChange={setHalfLife} />
      </div>
      <Choice name="How they become a score" value={aggregation} options={AGGREGATIONS} onChoose={(next) => setAggregation(next as TrustAggregation)} />
      {isWhole && isChanged && tried?.(changed)}
    </ReasonDialog>
  );
}

function daysOf(seconds: number): number {
  return Number((seconds / DAY_SECONDS).toFixed(2));
}

function secondsOf(days: Given): number {
  return Math.round(Number(days) * DAY_SECONDS);
}

/** A weight as the form shows it, never as the 0 that leaves it out; one that nobody touches stays as exact as it is. */
function rounded(weight: number): number {
  return Number(weight.toFixed(2)) || Number(weight.toPrecision(2));
}
