import { Alert } from '@mantine/core';
import classes from './FormDialog.module.css';

/** Why a form was not taken, where it was not. */
export function Refused({ failure }: { failure: string | null }) {
  if (failure === null) return null;
  return <Alert color="red" variant="light" role="alert" classNames={{ message: classes.failure }}>{failure}</Alert>;
}
