//! What a worker does. It is asked, a line each, with a number in front:
//!
//! | it is asked | it answers |
//! |---|---|
//! | `ping` | `here` |
//! | `clock MILLIS` | `set`: its clock is so far ahead from now on |
//! | `send USER OPERATION` | `sent ID DIGITS EXPIRES`, or `refused FAULT` |
//! | `limited PHONE USER OPERATION` | the same, to that phone, with the limits of sending |
//! | `verify ID DIGITS OPERATION USER AMOUNT` | `passed`, or `refused FAULT` |
//! | `race TIMES ID DIGITS OPERATION USER` | `raced` and how often each answer was given to so many at once |

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_runtime::hooks::{Call, HookError, Hooks, Lookup, Sms, UserKey};
use countersign_runtime::store::{Store, open};
use countersign_runtime::testing::{ADAPTER, Desk, TestOtp};
use countersign_runtime::{Clock, Secret, SendOtp, Time, User, VerifyOtp};

use super::{MARK, PLAN};
use crate::send_patterns::BUDGET;

/// Works until nobody asks any more, if this process is to be a worker; then it never returns.
pub fn work_if_asked() {
    let Ok(plan) = std::env::var(PLAN) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(work(&plan));
    std::process::exit(0);
}

/// A bank that knows everybody, and whose gateway remembers each code by the id of its message.
#[derive(Default)]
struct Bank {
    codes: Mutex<HashMap<String, String>>,
    /// The phones of those who have one of their own.
    phones: Mutex<HashMap<String, String>>,
}

impl Hooks for Bank {
    async fn lookup_user(&self, _call: &Call, lookup: &Lookup) -> Result<Option<User>, HookError> {
        let UserKey::Id(id) = &lookup.key else { return Ok(None) };
        let phone = self.phones.lock().unwrap().get(id).map_or("+420601234567", String::as_str).parse().ok();
        Ok(Some(User { id: id.clone(), phone, ..User::default() }))
    }

    async fn send_sms(&self, _call: &Call, sms: &Sms) -> Result<(), HookError> {
        let mut rows = sms.text.expose().split(|letter: char| !letter.is_ascii_digit());
        let digits = rows.rfind(|row| row.len() == 8).unwrap().to_owned();
        self.codes.lock().unwrap().insert(sms.id.clone(), digits);
        Ok(())
    }
}

struct Worker {
    desk: Desk,
    /// The same with the limits of sending.
    limited: Desk,
    bank: Arc<Bank>,
    ahead: AtomicI64,
}

async fn work(plan: &str) {
    let [life, block, clock, store] = plan.splitn(4, ' ').collect::<Vec<_>>().try_into().unwrap();
    let store: Arc<dyn Store> = open(&store.parse().unwrap()).unwrap();
    let bank = Arc::new(Bank::default());
    let desk = Desk::new(&ADAPTER, store.clone(), bank.clone(), |options| {
        options.limits.dev_limits_off = true;
        options.limits.block_seconds = block.parse().unwrap();
        options.otps.values_mut().for_each(|otp| otp.life_seconds = life.parse().unwrap());
    });
    let limited = Desk::new(&ADAPTER, store, bank.clone(), |options| options.limits.budget_per_hour = Some(BUDGET));
    let (desk, limited, ahead) = (desk.unwrap(), limited.unwrap(), AtomicI64::new(clock.parse().unwrap()));
    let worker = Arc::new(Worker { desk, limited, bank, ahead });
    worker.turn();
    let turned = worker.clone();
    std::thread::spawn(move || {
        loop {
            turned.turn();
            std::thread::sleep(Duration::from_millis(2));
        }
    });
    let (send, mut asked) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || std::io::stdin().lines().try_for_each(|line| send.send(line.unwrap())));
    while let Some(line) = asked.recv().await {
        let worker = worker.clone();
        tokio::spawn(async move {
            let (number, what) = line.split_once(' ').unwrap();
            let answer = worker.answer(&what.split(' ').collect::<Vec<_>>()).await;
            std::io::stdout().lock().write_all(format!("\n{MARK}{number} {answer}\n").as_bytes()).unwrap();
        });
    }
}

impl Worker {
    /// Turns the clock to where the system's is, and ahead.
    fn turn(&self) {
        for clock in [&self.desk.clock, &self.limited.clock] {
            let (real, now) = (Time::now().millis(), Clock::now(&**clock).millis());
            clock.turn_millis(real + self.ahead.load(Ordering::SeqCst) - now);
        }
    }

    async fn answer(self: &Arc<Self>, what: &[&str]) -> String {
        match what {
            ["ping"] => "here".to_owned(),
            ["clock", millis] => {
                self.ahead.store(millis.parse().unwrap(), Ordering::SeqCst);
                self.turn();
                "set".to_owned()
            }
            ["send", user, operation] => self.send(&self.desk, user, operation).await,
            ["limited", phone, user, operation] => {
                self.bank.phones.lock().unwrap().insert((*user).to_owned(), (*phone).to_owned());
                self.send(&self.limited, user, operation).await
            }
            ["verify", id, digits, operation, user, amount] => self.verify(id, digits, operation, user, amount).await,
            ["race", times, id, digits, operation, user] => {
                let mut racing = tokio::task::JoinSet::new();
                let asked = [id, digits, operation, user].map(|part| (*part).to_owned());
                for _ in 0..times.parse().unwrap() {
                    let (worker, [id, digits, operation, user]) = (self.clone(), asked.clone());
                    racing.spawn(async move { worker.verify(&id, &digits, &operation, &user, "100").await });
                }
                let mut counts = BTreeMap::<String, usize>::new();
                racing.join_all().await.into_iter().for_each(|answer| *counts.entry(answer).or_default() += 1);
                let counts = counts.into_iter().map(|(answer, count)| format!(" {}={count}", answer.replace(' ', ":")));
                format!("raced{}", counts.collect::<String>())
            }
            other => panic!("nobody knows how to {other:?}"),
        }
    }

    async fn send(&self, desk: &Desk, user: &str, operation: &str) -> String {
        let code = TestOtp::payment(operation, user);
        let input = SendOtp { user: Some(user.to_owned()), code, ..SendOtp::default() };
        match desk.core().send_otp(input).await {
            Ok(sent) if sent.outcome.passed() => {
                let digits = self.bank.codes.lock().unwrap().remove(&sent.id).unwrap();
                format!("sent {} {digits} {}", sent.id, sent.expires.millis())
            }
            Ok(sent) => format!("refused {}", sent.refusal.unwrap().name),
            Err(fault) => format!("refused {}", fault.name),
        }
    }

    async fn verify(&self, id: &str, digits: &str, operation: &str, user: &str, amount: &str) -> String {
        let code = TestOtp { amount: Some(amount.to_owned()), ..TestOtp::payment(operation, user) };
        let value = Some(Secret::from(digits.to_owned()));
        let verdict = self.desk.core().verify_otp(VerifyOtp { id: Some(id.to_owned()), value, user: None, code }).await;
        match verdict {
            Ok(verdict) if verdict.outcome.passed() => "passed".to_owned(),
            Ok(verdict) => format!("refused {}", verdict.refusal.unwrap().name),
            Err(fault) => format!("refused {}", fault.name),
        }
    }
}
