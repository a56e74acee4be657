//! The format of libpq's password file: lines of `host:port:database:user:password`. The first line that fits counts.

/// The lines of a password file.
pub(super) struct Passfile(Vec<[Field; 5]>);

/// A field of a line, without its escapes. `None` is a wildcard.
type Field = Option<String>;

impl Passfile {
    /// Parses the lines. Comments, and lines that are not complete, are left out, as in libpq.
    pub(super) fn parse(content: &[u8]) -> Self {
        let text = String::from_utf8_lossy(content);
        Self(text.lines().filter(|line| !line.starts_with('#')).filter_map(fields).collect())
    }

    /// Returns the password for a host, port, database and user.
    pub(super) fn password(&self, host: &str, port: u16, database: &str, user: &str) -> Option<String> {
        let wanted = [host, &port.to_string(), database, user];
        let fits = |line: &&[Field; 5]| {
            line.iter().zip(wanted).all(|(field, wanted)| field.as_deref().is_none_or(|field| field == wanted))
        };
        // A password is never a wildcard.
        self.0.iter().find(fits).map(|line| line[4].clone().unwrap_or_else(|| "*".to_owned()))
    }
}

/// Splits a line at the colons that no backslash escapes. The password ends with the line.
fn fields(line: &str) -> Option<[Field; 5]> {
    let mut fields = Vec::with_capacity(5);
    let (mut field, mut raw) = (String::new(), String::new());
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match c {
            ':' if fields.len() < 4 => {
                fields.push((std::mem::take(&mut raw) != "*").then(|| std::mem::take(&mut field)));
                field.clear();
            }
            '\\' => {
                // A backslash at the end stands for itself.
                let escaped = chars.next().unwrap_or('\\');
                field.push(escaped);
                raw.push('\\');
                raw.push(escaped);
            }
            c => {
                field.push(c);
                raw.push(c);
            }
        }
    }
    fields.push((raw != "*").then_some(field));
    fields.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# a comment:1:2:3:4\n\
        db.test:5432:acs:ann:first\n\
        db.test:5432:acs:*:any user\n\
        incomplete:5432:acs\n\
        *:*:*:ben:with\\:colon\\\\and:more\n\
        h\\:1:*:a\\:b:cy:escaped\r\n\
        \\*:*:*:dot:no wildcard\n\
        star:*:*:eve:*\n";

    fn password(host: &str, port: u16, database: &str, user: &str) -> Option<String> {
        Passfile::parse(FILE.as_bytes()).password(host, port, database, user)
    }

    #[test]
    fn the_first_line_that_fits_counts() {
        assert_eq!(password("db.test", 5432, "acs", "ann").as_deref(), Some("first"));
        assert_eq!(password("db.test", 5432, "acs", "flo").as_deref(), Some("any user"));
        assert_eq!(password("db.test", 5433, "acs", "ann"), None);
        assert_eq!(password("incomplete", 5432, "acs", "ann"), None);
    }

    #[test]
    fn colons_and_backslashes_are_escaped() {
        assert_eq!(password("any", 1, "any", "ben").as_deref(), Some("with:colon\\and:more"));
        assert_eq!(password("h:1", 1, "a:b", "cy").as_deref(), Some("escaped"));
    }

    #[test]
    fn only_a_bare_star_is_a_wildcard_and_a_password_never() {
        assert_eq!(password("*", 1, "any", "dot").as_deref(), Some("no wildcard"));
        assert_eq!(password("other", 1, "any", "dot"), None);
        assert_eq!(password("star", 1, "any", "eve").as_deref(), Some("*"));
    }
}
