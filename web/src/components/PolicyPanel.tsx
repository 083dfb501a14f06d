import { Button } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { graphql, readFragment, type FragmentType } from '../gql';
import { limit, share, words } from '../lib/format';
import { duration } from '../lib/time';
import { actorName } from '../lib/sentences';
import { Fact, Facts } from './Fact';
import { Panel } from './Panel';
import { PolicyDialog, type Rules, type WantedPolicy } from './PolicyDialog';
import { LoadingBlock } from './states';
import { Time } from './Time';
import type { Asking } from './useCommand';

export const PolicyFigures = graphql(`
  fragment PolicyFigures on TrustPolicy {
    version
    threshold
    aggregation
    minimumCoverage
    freshSeconds
    halfLifeSeconds
    weights {
      kind
      weight
    }
    changedAt
    changedBy {
      kind
      id
      name
    }
    reason
  }
`);

/** A trust policy: its rules, who set them and why, and a way to change them for whoever may. */
export function PolicyPanel({ title, note, happens, policy: given, isFailed, command, onChange, tried }: {
  title: string;
  note: string;
  /** What a change does, each as the end of "This will". */
  happens: readonly string[];
  policy: FragmentType<typeof PolicyFigures> | null | undefined;
  isFailed: boolean;
  command: Asking;
  /** Whether it was done; null for whoever may not. */
  onChange: ((wanted: WantedPolicy) => Promise<boolean>) | null;
  tried?: (rules: Rules) => ReactNode;
}) {
  const policy = readFragment(PolicyFigures, given);
  const [isAsking, setAsking] = useState(false);
  const change = onChange && policy && (
    <Button size="xs" variant="default" onClick={() => setAsking(true)}>Change…</Button>
  );
  return (
    <Panel title={title} note={note} actions={change ?? undefined}>
      {policy ? (
        <Facts>
          <Fact name="Threshold">{limit(policy.threshold)}</Fact>
          <Fact name="Minimum coverage">{limit(policy.minimumCoverage)}</Fact>
          <Fact name="Evidence is fresh for">{duration(policy.freshSeconds)}</Fact>
          <Fact name="Its half-life from then on">{duration(policy.halfLifeSeconds)}</Fact>
          <Fact name="Aggregation">{words(policy.aggregation)}</Fact>
          {policy.weights.map((each) => (
            <Fact key={each.kind} name={`Weight of ${each.kind.toLowerCase()}`}>{share(each.weight)}</Fact>
          ))}
          <Fact name="Version">{policy.version}</Fact>
          {policy.changedAt && <Fact name="Changed"><Time at={policy.changedAt} /> by {actorName(policy.changedBy)}</Fact>}
          {policy.reason && <Fact name="Because">{policy.reason}</Fact>}
        </Facts>
      ) : isFailed ? (
        <p className="dim">It could not be read.</p>
      ) : (
        <LoadingBlock height={140} />
      )}
      {onChange && policy && isAsking && (
        <PolicyDialog
          title={`Change the ${title.toLowerCase()}`}
          policy={policy}
          happens={happens}
          command={command}
          tried={tried}
          onClose={() => setAsking(false)}
          onChange={(wanted) => void onChange(wanted).then((isDone) => isDone && setAsking(false))}
        />
      )}
    </Panel>
  );
}
