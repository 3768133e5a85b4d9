import { By, Key, Origin } from "selenium-webdriver";

/** How long a person rests on a link before the press, and how long the button is down. */
const REST_MS = 120;
const PRESS_MS = 60;

const element = (driver) => driver.findElement(By.id("go"));

/** Moves to the page's link, presses and releases, as a person does. */
export async function click(driver) {
  const actions = driver.actions();
  // From elsewhere, so that the pointer really comes to the link.
  await actions
    .move({ x: 5, y: 5, origin: Origin.VIEWPORT, duration: 0 })
    .move({ origin: await element(driver), duration: 20 })
    .pause(REST_MS)
    .press()
    .pause(PRESS_MS)
    .release()
    .perform();
}

/** The keyboard's click: the link gets the focus, then Enter. */
export async function enter(driver) {
  await driver.executeScript("arguments[0].focus()", await element(driver));
  await driver.actions().pause(REST_MS).sendKeys(Key.ENTER).perform();
}
