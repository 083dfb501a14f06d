import { useColumns } from './useColumns';
import classes from './ColumnName.module.css';

/** What people call a column, with its own name behind it. */
export function ColumnName({ name }: { name: string }) {
  const title = useColumns().titleOf(name);
  if (title === name) return <>{name}</>;
  return <>{title} <span className={classes.own}>{name}</span></>;
}
