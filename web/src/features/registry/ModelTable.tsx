import { Table, UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Age } from '../../components/Time';
import { useParam } from '../../components/useAsOf';
import { graphql } from '../../gql';
import type { ModelRowFragment } from '../../gql/graphql';
import { count } from '../../lib/format';
import { orderModels } from './orderModels';
import classes from './ModelTable.module.css';

export const ModelRow = graphql(`
  fragment ModelRow on Model {
    id
    name
    description
    registeredAt
    project {
      id
      name
    }
    production {
      version {
        id
        tag
      }
      since
    }
    trust {
      value
      standing
    }
    openAlertCount
    intake {
      predictions
      highWater
      lastReceivedAt
    }
  }
`);

/** Models, sortable; the order is in the address. */
export function ModelTable({ models, isPast, trustOf, standingOf }: {
  models: readonly ModelRowFragment[];
  isPast: boolean;
  trustOf: (id: string) => ReactNode;
  standingOf: (id: string) => ReactNode;
}) {
  const [order, setOrder] = useParam('order', 'trust');
  const rows = orderModels(models, order);
  const head = (key: string, label: string, className?: string) => (
    <SortHead name={key} label={label} order={order} onOrder={setOrder} className={className} />
  );
  return (
    <Table className={classes.table} highlightOnHover verticalSpacing={8}>
      <Table.Thead>
        <Table.Tr>
          {head('name', 'Model')}
          {head('version', 'Production', classes.wide)}
          {head('trust', 'Trust')}
          {head('standing', 'Standing')}
          {head('alerts', 'Alerts waiting', `${classes.number} ${classes.medium}`)}
          {head('freshness', 'Last prediction', `${classes.number} ${classes.medium}`)}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((model) => (
          <Table.Tr key={model.id}>
            <Table.Td className={classes.name}>
              <PlaceLink to={paths.model(model.id)} className={classes.link} title={model.name}>{model.name}</PlaceLink>
              <div className={classes.description} title={model.description}>{model.description}</div>
            </Table.Td>
            <Table.Td className={classes.wide}>
              {model.production ? (
                <>
                  <div className={classes.tag} title={model.production.version.tag}>{model.production.version.tag}</div>
                  <div className="dim small">since <Age at={model.production.since} isPast={isPast} /></div>
                </>
              ) : (
                <span className="dim">not deployed</span>
              )}
            </Table.Td>
            <Table.Td>{trustOf(model.id)}</Table.Td>
            <Table.Td>
              {standingOf(model.id)}
            </Table.Td>
            <Table.Td className={`${classes.number} ${classes.medium}`}>
              {model.openAlertCount > 0 ? (
                <PlaceLink to={paths.model(model.id, 'alerts')}>{count(model.openAlertCount)}</PlaceLink>
              ) : (
                <span className="dim">0</span>
              )}
            </Table.Td>
            <Table.Td className={`${classes.number} ${classes.medium}`}>
              <Age at={model.intake.lastReceivedAt} isPast={isPast} />
              <div className="dim small">{count(model.intake.predictions)} rows</div>
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function SortHead({ name, label, order, onOrder, className }: {
  name: string;
  label: string;
  order: string;
  onOrder: (order: string) => void;
  className?: string | undefined;
}) {
  const isUp = order === name;
  const isDown = order === `-${name}`;
  return (
    <Table.Th className={className} aria-sort={isUp ? 'ascending' : isDown ? 'descending' : 'none'}>
      <UnstyledButton className={classes.sort} data-active={isUp || isDown} onClick={() => onOrder(isUp ? `-${name}` : name)}>
        {label}
        <span aria-hidden>{isUp ? '▲' : isDown ? '▼' : ''}</span>
      </UnstyledButton>
    </Table.Th>
  );
}
