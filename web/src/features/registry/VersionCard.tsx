import { Button } from '@mantine/core';
import { Digest } from '../../components/Digest';
import { Fact, Facts } from '../../components/Fact';
import { MeaningMark } from '../../components/Meaning';
import { Panel } from '../../components/Panel';
import { Time } from '../../components/Time';
import { graphql } from '../../gql';
import type { VersionFiguresFragment } from '../../gql/graphql';
import { count, plural } from '../../lib/format';
import { actorName } from '../../lib/sentences';
import { PlanFacts } from './PlanFacts';
import { heldAgainst } from './heldAgainst';
import { outputText } from './outputText';
import classes from './VersionsTab.module.css';

export const VersionFigures = graphql(`
  fragment VersionFigures on Version {
    id
    tag
    addedAt
    addedBy {
      kind
      id
      name
    }
    signature {
      columns {
        name
        kind
        categories
      }
      classes
      positiveClass
      number {
        minimum
        maximum
        unit
      }
      groups {
        name
        column
      }
    }
    baseline {
      setAt
      setBy {
        kind
        id
        name
      }
      rows
      labelledRows
      digest
      predictedFrom
      predictedTo
      source
      bodyDigest
      moving {
        kind
        days
        followedAt
        followedBy {
          kind
          id
          name
        }
      }
    }
    plan {
      ...PlanFigures
    }
  }
`);

/** One immutable version: what goes in and out, what it is compared with, and how it is watched. */
export function VersionCard({ version, onPromote, onBaseline, onPlan }: {
  version: VersionFiguresFragment;
  onPromote: (() => void) | null;
  onBaseline: (() => void) | null;
  onPlan: (() => void) | null;
}) {
  const { signature, baseline } = version;
  return (
    <Panel
      title={version.tag}
      note={<>Added <Time at={version.addedAt} /> by {actorName(version.addedBy)}</>}
      actions={onPromote && <Button size="xs" variant="default" onClick={onPromote}>Promote…</Button>}
    >
      <div className={classes.card}>
        <div>
          <h3>Signature</h3>
          <p className="dim">
            {plural(signature.columns.length, 'column')}; {outputText(signature)};
            groups by {signature.groups.map((group) => group.name).join(', ') || 'nothing'}
          </p>
          <details>
            <summary className="dim small">Columns</summary>
            <div className={classes.columns}>
              {signature.columns.map((column) => (
                <span key={column.name} title={column.kind.toLowerCase()}>{column.name}{column.kind === 'NUMBER' ? ' #' : ''}</span>
              ))}
            </div>
          </details>
        </div>
        <div>
          <h3>
            Baseline
            {onBaseline && <Button size="compact-xs" variant="subtle" ml={8} aria-label={`${baseline ? 'Change' : 'Set'} the baseline of ${version.tag}`} onClick={onBaseline}>{baseline ? 'Change…' : 'Set…'}</Button>}
          </h3>
          {baseline?.moving ? (
            <Facts>
              <Fact name="In force">{heldAgainst(baseline)}</Fact>
              <Fact name="Since"><Time at={baseline.moving.followedAt} /> by {actorName(baseline.moving.followedBy)}</Fact>
              <Fact name="Set before">{count(baseline.rows)} rows, not in use</Fact>
            </Facts>
          ) : baseline ? (
            <Facts>
              <Fact name="In force">{heldAgainst(baseline)}</Fact>
              <Fact name="Rows">{count(baseline.rows)}</Fact>
              <Fact name="Labelled">{count(baseline.labelledRows)}</Fact>
              <Fact name="Set"><Time at={baseline.setAt} /> by {actorName(baseline.setBy)}</Fact>
              <Fact name="Digest"><Digest value={baseline.digest} /></Fact>
              {baseline.bodyDigest && <Fact name="File"><Digest value={baseline.bodyDigest} /></Fact>}
            </Facts>
          ) : (
            <MeaningMark meaning="unknown" isQuiet>No baseline, so drift can not be measured</MeaningMark>
          )}
        </div>
        <div>
          <h3>
            Monitoring plan
            {onPlan && version.plan && <Button size="compact-xs" variant="subtle" ml={8} aria-label={`Change the plan of ${version.tag}`} onClick={onPlan}>Change…</Button>}
          </h3>
          {version.plan ? <PlanFacts plan={version.plan} /> : <p className="dim">Made with the baseline.</p>}
        </div>
      </div>
    </Panel>
  );
}
