import { useState } from 'react';
import { Loaded, LoadingRows } from '../../components/states';
import { useAsOf } from '../../components/useAsOf';
import { useCommand } from '../../components/useCommand';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { CreateKeyDialog } from './CreateKeyDialog';
import { CreateKey, RevokeKey, RotateKey } from './keyCommands';
import { RevokeKeyDialog, RotateKeyDialog, ShownKeyDialog } from './KeyDialogs';
import { KeysPanel, nameOf } from './KeysPanel';
import type { TenantOfTab } from './tenant';

const ProjectKeys = graphql(`
  query ProjectKeys($id: ID!, $asOf: AsOf) {
    apiKeys(projectId: $id, first: 200, asOf: $asOf) {
      pageInfo {
        hasNextPage
      }
      nodes {
        id
        ...ShownKey
      }
    }
    project(id: $id, asOf: $asOf) {
      id
      archivedAt
    }
  }
`);

type Asked = { kind: 'create' } | { kind: 'rotate' | 'revoke'; key: { id: string; name?: string | null; prefix: string } } | { kind: 'shown'; text: string };

/** By which keys programs work for a project. */
export function KeysTab({ id }: TenantOfTab) {
  const { asOf } = useAsOf();
  const [result, readAgain] = useKeptQuery({ query: ProjectKeys, variables: { id, asOf } });
  const [asked, setAsked] = useState<Asked | null>(null);
  const read = () => readAgain({ requestPolicy: 'network-only' });
  const close = () => setAsked(null);
  const show = ({ key }: { key: string }) => {
    setAsked({ kind: 'shown', text: key });
    read();
  };
  const create = useCommand(CreateKey, show);
  const rotate = useCommand(RotateKey, show);
  const revoke = useCommand(RevokeKey, () => {
    close();
    read();
  });
  const isPast = asOf !== null;
  return (
    <>
      <Loaded what="The project’s keys" result={result} onRetry={read} loading={<LoadingRows rows={4} height={40} />}>
        {({ apiKeys, project }) => {
          const isInUse = !isPast && !project?.archivedAt;
          return (
            <KeysPanel
              title="API keys"
              note={project?.archivedAt ? 'The project is archived: its keys can be revoked, and no others made.' : 'A key is the project’s: it stays when whoever made it goes.'}
              keys={apiKeys.nodes}
              hasMore={apiKeys.pageInfo.hasNextPage}
              isPast={isPast}
              onCreate={isInUse ? () => setAsked({ kind: 'create' }) : undefined}
              onRotate={isInUse ? (key) => setAsked({ kind: 'rotate', key }) : undefined}
              onRevoke={isPast ? undefined : (key) => setAsked({ kind: 'revoke', key })}
              empty="A program is known by one: a service that sends its predictions, a pipeline that registers versions."
            />
          );
        }}
      </Loaded>
      {asked?.kind === 'create' && (
        <CreateKeyDialog
          projectId={id}
          whose="It works for this project alone, and names itself in all that it does."
          first="INGEST"
          command={create}
          onClose={close}
          onCreate={(key) => create.send({ input: { projectId: id, ...key } })}
        />
      )}
      {asked?.kind === 'rotate' && (
        <RotateKeyDialog name={nameOf(asked.key)} command={rotate} onClose={close} onRotate={(overlapHours) => rotate.send({ input: { keyId: asked.key.id, overlapHours } })} />
      )}
      {asked?.kind === 'revoke' && (
        <RevokeKeyDialog name={nameOf(asked.key)} command={revoke} onClose={close} onRevoke={(reason) => revoke.send({ input: { keyId: asked.key.id, reason } })} />
      )}
      {asked?.kind === 'shown' && <ShownKeyDialog text={asked.text} note="Programs send it as “Authorization: Bearer” with each request." onClose={close} />}
    </>
  );
}
