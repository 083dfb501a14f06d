import { Table } from '@mantine/core';
import { Panel } from '../../components/Panel';
import { Sideways } from '../../components/Sideways';
import { useColumns } from '../../components/useColumns';
import { graphql, readFragment, type FragmentType } from '../../gql';
import { count } from '../../lib/format';
import { GroupWhisker } from './GroupWhisker';
import { toCells } from './intersectionCells';
import classes from './FairnessView.module.css';

export const IntersectionFigures = graphql(`
  fragment IntersectionFigures on IntersectionRates {
    attributes
    values
    rows
    positives
    selectionRates
    selectionIntervals {
      low
      high
    }
    truePositiveRates
    truePositiveIntervals {
      low
      high
    }
    areLargeEnough
    cellsInAll
  }
`);

const SHOWN = 20;

/** Those who are alike in every attribute: how each such group fares, the largest first. Small ones say so. */
export function IntersectionPanel({ intersections: masked, window }: { intersections: FragmentType<typeof IntersectionFigures>; window: string }) {
  const intersections = readFragment(IntersectionFigures, masked);
  const { titleOf } = useColumns();
  const cells = toCells(intersections);
  if (cells.length === 0) return null;
  const more = cells.length > SHOWN ? `The largest ${String(SHOWN)} of ${count(intersections.cellsInAll)}. ` : '';
  return (
    <Panel
      title="Intersections"
      note={`Those who are alike in ${intersections.attributes.map(titleOf).join(', ')}. ${more}Rates with their intervals on the range from 0 to 1. ${window}.`}
    >
      <Sideways label="Intersections of all attributes">
        <Table verticalSpacing={4} className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              {intersections.attributes.map((attribute) => <Table.Th key={attribute}>{titleOf(attribute)}</Table.Th>)}
              <Table.Th className="figures">Rows</Table.Th>
              <Table.Th className={classes.rate}>Selected (share decided positive)</Table.Th>
              <Table.Th className={classes.rate}>Found (share of true positives)</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {cells.slice(0, SHOWN).map((cell) => (
              <Table.Tr key={JSON.stringify(cell.values)} data-small={!cell.isLargeEnough}>
                {cell.values.map((value, place) => <Table.Td key={intersections.attributes[place]}>{value}</Table.Td>)}
                <Table.Td className="figures">
                  {count(cell.rows)}
                  {!cell.isLargeEnough && <div className="dim small">too few to compare</div>}
                </Table.Td>
                <Table.Td><GroupWhisker value={cell.selectionRate} interval={cell.selectionInterval} isLargeEnough={cell.isLargeEnough} /></Table.Td>
                <Table.Td><GroupWhisker value={cell.truePositiveRate} interval={cell.truePositiveInterval} isLargeEnough={cell.isLargeEnough} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Sideways>
    </Panel>
  );
}
