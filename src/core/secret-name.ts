/** The environment variable of a driver's secret: its name in capitals, `-` as `_`. */
export function secretVariable(driver: string): string {
  return `WEBHOOK_SECRET_${driver.toUpperCase().replaceAll('-', '_')}`;
}
