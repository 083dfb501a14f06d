import { Table } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '../../components/Panel';
import { MorePages } from '../../components/MorePages';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { plural } from '../../lib/format';
import { InvitationsPanel } from './InvitationsPanel';
import { MemberDialog, type AskedOfMember } from './MemberDialogs';
import { MemberRow } from './MemberRow';
import { RoleLegend } from './RoleLegend';
import type { TenantOfTab } from './tenant';
import classes from './tenancy.module.css';

const MembersOf = graphql(`
  query MembersOf($id: ID!, $after: Cursor, $asOf: AsOf) {
    viewer {
      id
    }
    organization(id: $id, asOf: $asOf) {
      id
      name
      members(first: 100, after: $after) {
        totalCount
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          ...MemberOfList
        }
      }
    }
  }
`);

/** Who belongs to an organization, as what, and who is asked to. */
export function MembersTab(tenant: TenantOfTab) {
  const { asOf } = useAsOf();
  const [total, setTotal] = useState<number | null>(null);
  return (
    <div className={classes.fields}>
      {tenant.permissions.includes('READ_INVITATIONS') && <InvitationsPanel {...tenant} />}
      <Panel title={total === null ? 'Members' : plural(total, 'member')} note={asOf === null ? 'In the order in which they joined.' : 'Who belonged to it then.'} isFlush>
        <Table verticalSpacing={8} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Person</Table.Th>
              <Table.Th>Role</Table.Th>
              <Table.Th>Since</Table.Th>
              <Table.Th><span className="visually-hidden">Change</span></Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody><MemberPage tenant={tenant} after={null} onTotal={setTotal} /></Table.Tbody>
        </Table>
        <div className={classes.more}><RoleLegend /></div>
      </Panel>
    </div>
  );
}

function MemberPage({ tenant, after, onTotal }: { tenant: TenantOfTab; after: string | null; onTotal: (total: number) => void }) {
  const { asOf } = useAsOf();
  const [asked, setAsked] = useState<AskedOfMember | null>(null);
  const [result, readAgain] = useKeptQuery({ query: MembersOf, variables: { id: tenant.id, after, asOf } });
  const members = result.data?.organization?.members;
  return (
    <>
      <MorePages
        what="The members"
        columns={4}
        result={result}
        onRetry={() => readAgain({ requestPolicy: 'network-only' })}
        page={members}
        onRead={(page) => page.totalCount != null && onTotal(page.totalCount)}
        more={(cursor) => <MemberPage tenant={tenant} after={cursor} onTotal={onTotal} />}
      >
        {(page) => page.nodes.map((member, index) => (
          <MemberRow key={index} member={member} viewerId={result.data?.viewer?.id} tenant={tenant} onAsk={setAsked} />
        ))}
      </MorePages>
      {asked && <MemberDialog asked={asked} organization={result.data?.organization?.name ?? ''} rolesToGive={tenant.rolesToGive} onClose={() => setAsked(null)} />}
    </>
  );
}
