import { useEffect, useState } from 'react';
import { Loaded, LoadingRows } from '../../components/states';
import { useAsOf } from '../../components/useAsOf';
import { useCommand } from '../../components/useCommand';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import type { ProjectKeepingQuery } from '../../gql/graphql';
import { ErasuresPanel } from './ErasuresPanel';
import { HoldsPanel } from './HoldsPanel';
import { LiftHoldDialog, PlaceHoldDialog } from './HoldDialogs';
import { LiftLegalHold, PlaceLegalHold, RequestErasure } from './keepingCommands';
import { RequestErasureDialog } from './RequestErasureDialog';
import type { TenantOfTab } from './tenant';
import classes from './tenancy.module.css';

const ProjectKeeping = graphql(`
  query ProjectKeeping($id: ID!, $asOf: AsOf) {
    legalHolds(projectId: $id, asOf: $asOf) {
      id
      reason
      placedAt
      placedBy {
        name
      }
      model {
        id
        name
      }
    }
    erasures(projectId: $id, first: 100, asOf: $asOf) {
      pageInfo {
        hasNextPage
      }
      nodes {
        id
        column
        subjects
        predictions
        labels
        state
        progress
        reason
        requestedAt
        requestedBy {
          name
        }
        completedAt
        model {
          id
          name
        }
      }
    }
    models(first: 200, filter: { projectId: $id }, asOf: $asOf) {
      nodes {
        id
        name
      }
    }
  }
`);

export type ShownHold = ProjectKeepingQuery['legalHolds'][number];
export type ShownErasure = ProjectKeepingQuery['erasures']['nodes'][number];
export type ModelToChoose = ProjectKeepingQuery['models']['nodes'][number];

type AskedOfRows = { kind: 'place' } | { kind: 'lift'; hold: ShownHold } | { kind: 'erase' };

const LOOK_AGAIN_MS = 3000;

/** What keeps a project's rows from being removed, and whose rows go. */
export function KeepingTab({ id, permissions }: TenantOfTab) {
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: ProjectKeeping, variables: { id, asOf } });
  const [asked, ask] = useState<AskedOfRows | null>(null);
  const read = () => readAgain({ requestPolicy: 'network-only' });
  const done = () => {
    ask(null);
    read();
  };
  const place = useCommand(PlaceLegalHold, done);
  const lift = useCommand(LiftLegalHold, done);
  const erase = useCommand(RequestErasure, done);
  const mayKeep = permissions.includes('KEEP_ROWS');
  const isRunning = asOf === null && (result.data?.erasures.nodes.some(({ state }) => state === 'RUNNING') ?? false);
  useEffect(() => {
    if (!isRunning) return undefined;
    const timer = setInterval(() => readAgain({ requestPolicy: 'network-only' }), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [isRunning, readAgain]);
  const models = result.data?.models.nodes ?? [];
  return (
    <>
      <Loaded what="What is held and erased" result={result} onRetry={read} loading={<LoadingRows rows={4} height={40} />}>
        {({ legalHolds, erasures }) => (
          <div className={classes.fields}>
            <HoldsPanel holds={legalHolds} onPlace={mayKeep ? () => ask({ kind: 'place' }) : undefined} onLift={mayKeep ? (hold) => ask({ kind: 'lift', hold }) : undefined} />
            <ErasuresPanel erasures={erasures.nodes} hasMore={erasures.pageInfo.hasNextPage} onRequest={mayKeep ? () => ask({ kind: 'erase' }) : undefined} />
          </div>
        )}
      </Loaded>
      {asked?.kind === 'place' && (
        <PlaceHoldDialog models={models} command={place} onClose={() => ask(null)} onPlace={(modelId, reason) => place.send({ input: { projectId: id, modelId, reason } })} />
      )}
      {asked?.kind === 'lift' && (
        <LiftHoldDialog hold={asked.hold} command={lift} onClose={() => ask(null)} onLift={(reason) => lift.send({ input: { legalHoldId: asked.hold.id, reason } })} />
      )}
      {asked?.kind === 'erase' && (
        <RequestErasureDialog models={models} command={erase} onClose={() => ask(null)} onRequest={(input) => erase.send({ input })} />
      )}
    </>
  );
}
