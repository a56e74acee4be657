//! Tests of the URL of a database.

use super::*;

fn parse(url: &str) -> PostgresAddress {
    PostgresAddress::parse(url).unwrap()
}

fn refusal(url: &str) -> String {
    PostgresAddress::parse(url).unwrap_err().to_string()
}

fn hosts(url: &str) -> Vec<String> {
    parse(url).hosts().iter().map(ToString::to_string).collect()
}

#[test]
fn a_url_names_user_host_port_and_database() {
    let address = parse("postgres://ann@db.test:5433/acs");
    assert_eq!((address.user(), address.database()), ("ann", "acs"));
    assert_eq!(hosts("postgres://ann@db.test:5433/acs"), ["db.test:5433"]);
    // As in libpq, the database has the name of the user by default.
    assert_eq!(parse("postgresql://ann@db.test").database(), "ann");
    assert_eq!(hosts("postgresql://ann@db.test"), ["db.test:5432"]);
}

#[test]
fn several_hosts_keep_their_order() {
    assert_eq!(hosts("postgres://u@a,b:6000,[::1]:7000,[::2]/d"), ["a:5432", "b:6000", "[::1]:7000", "[::2]:5432"]);
    assert_eq!(hosts("postgres:///d?user=u&host=a,b&port=1,2"), ["a:1", "b:2"]);
    assert_eq!(hosts("postgres://u@a,b/d?port=7"), ["a:7", "b:7"]);
}

#[test]
fn a_folder_is_a_unix_socket() {
    for url in ["postgres://u@/d?host=/run/pg&port=7", "postgres://u@%2Frun%2Fpg:7/d"] {
        assert_eq!(hosts(url), ["/run/pg/.s.PGSQL.7"]);
        assert!(parse(url).hosts()[0].is_socket());
    }
}

#[test]
fn special_characters_are_escaped() {
    let address = parse("postgres://a%40b:p%2F%3a@h/d%20e?application_name=x%26y");
    assert_eq!((address.user(), address.database(), address.application()), ("a@b", "d e", "x&y"));
    assert_eq!(address.password_of(&address.hosts()[0]), Some("p/:"));
    // This is what people paste.
    let pasted = parse("postgres://u:p@ss:word@h/d");
    assert_eq!(pasted.password_of(&pasted.hosts()[0]), Some("p@ss:word"));
}

#[test]
fn the_defaults_are_those_of_libpq_except_where_an_emulator_needs_more() {
    let address = parse("postgres://u@h/d");
    assert_eq!(address.tls(), TlsMode::Prefer);
    assert_eq!(address.binding(), Binding::Prefer);
    assert_eq!(address.attributes(), Attributes::ReadWrite);
    assert!(!address.prepares() && !address.has_password() && !address.needs_roots());
    let address = parse(
        "postgres://u@h/d?sslmode=verify-full&target_session_attrs=any&connect_timeout=3&prepare=yes&\
         channel_binding=require",
    );
    assert_eq!(address.tls(), TlsMode::VerifyFull);
    assert_eq!(address.binding(), Binding::Require);
    assert_eq!(address.attributes(), Attributes::Any);
    assert_eq!([address.accept_timeout(), address.connect_timeout()], [Duration::from_secs(3); 2]);
    assert!(address.prepares() && address.needs_roots());
}

#[test]
fn the_roots_of_the_system_certify_names_only() {
    let address = parse("postgres://u@h/d?sslrootcert=system");
    assert_eq!((address.tls(), address.trusted()), (TlsMode::VerifyFull, &RootCertificates::System));
    assert!(refusal("postgres://u@h/d?sslrootcert=system&sslmode=require").contains("needs sslmode=verify-full"));
    assert!(refusal("postgres://u@h/d?sslmode=verify-ca").contains("needs sslrootcert=FILE"));
    let address = parse("postgres://u@h/d?sslmode=verify-ca&sslrootcert=/ca.pem");
    assert_eq!(address.trusted(), &RootCertificates::File("/ca.pem".to_owned()));
}

#[test]
fn an_unknown_parameter_is_refused_by_name_with_the_known_ones() {
    insta::assert_snapshot!(refusal("postgres://u@h/d?sslmod=require"), @"has the unknown parameter 'sslmod'. Known are application_name, channel_binding, connect_timeout, dbname, host, password, port, prepare, sslmode, sslrootcert, target_session_attrs, user");
    insta::assert_snapshot!(refusal("postgres://u@h/d?sslmode=allow"), @"has sslmode=allow. sslmode is one of disable, prefer, require, verify-ca, verify-full");
    insta::assert_snapshot!(refusal("postgres://u@h/d?connect_timeout=0"), @"has connect_timeout=0. It is a whole number of seconds from 1 to 60");
    insta::assert_snapshot!(refusal("postgres://u@h/d?prepare"), @"has the parameter 'prepare' without a value");
}

#[test]
fn what_may_be_a_password_behind_a_wrong_separator_is_not_shown() {
    for url in [
        "postgres://u@h/d&password=Geheim",
        "postgres://u@h/d?Geheim",
        "postgres://u@h/d?sslmode=disable;password=Geheim",
        "postgres://u@h/d?connect_timeout=5;password=Geheim",
        "postgres://u:Geheim@h:5432:Geheim/d",
    ] {
        assert!(!refusal(url).contains("Geheim"), "{}", refusal(url));
    }
}

#[test]
fn a_url_of_another_form_is_refused_with_an_example() {
    insta::assert_snapshot!(refusal("mysql://u@h/d"), @"is not a URL of a PostgreSQL database: postgres://USER@HOST/DATABASE?sslmode=verify-full");
    insta::assert_snapshot!(refusal("postgres://h/d"), @"names no user: postgres://USER@HOST/DATABASE?sslmode=verify-full");
    insta::assert_snapshot!(refusal("postgres://u@/d"), @"names no host: postgres://USER@HOST/DATABASE?sslmode=verify-full, or ?host=/var/run/postgresql for the folder of a Unix socket");
    insta::assert_snapshot!(refusal("postgres://u@h:70000/d"), @"has the port '70000'. A port is a number from 1 to 65535");
    insta::assert_snapshot!(refusal("postgres://u@[::1/d"), @"has the host '[::1', which has no ']'");
    insta::assert_snapshot!(refusal("postgres://u@a,b/d?port=1,2,3"), @"has 3 ports for 2 hosts: give one port for all, or one for each");
    insta::assert_snapshot!(refusal("postgres://u@a:1,b/d?port=2"), @"has ports behind the hosts and the parameter port: use one of them");
    insta::assert_snapshot!(refusal("postgres://u@h/%zz"), @"has the database with a '%' that two hexadecimal digits must follow, or that is not UTF-8: write % as %25");
}

#[test]
fn no_text_shows_a_password() {
    let secret = "Geheim";
    let texts = [
        format!("{}", parse("postgres://u:Geheim@h/d?sslmode=require")),
        format!("{:?}", parse("postgres://u:Geheim@h/d")),
        format!("{:?}", parse("postgres://u@h/d?password=Geheim")),
        format!("{:?}", parse("postgres://u@h/d").with_password(secret)),
        format!("{:?}", parse("postgres://u@h/d").with_passwords_of(|_| Some(secret.to_owned())).hosts()),
        refusal("postgres://u:Geheim@h:x/d"),
        refusal("postgres://u:/Geheim@h/d"),
        refusal("postgres://u:?Geheim@h/d"),
        refusal("postgres://u:#Geheim@h/d"),
        refusal("postgres://u:Geheim%@h/d"),
        refusal("postgres://u:Geheim"),
        refusal("postgres://u:Geheim@h/d?x=y"),
    ];
    for text in texts {
        assert!(!text.contains(secret), "{text}");
    }
    assert_eq!(parse("postgres://u:Geheim@h/d?sslmode=require").to_string(), "postgres://u@h:5432/d?sslmode=require");
}

#[test]
fn a_password_of_the_url_comes_before_those_of_hosts() {
    let address = parse("postgres://u@a,b/d").with_passwords_of(|host| (host.name() == "b").then(|| "of b".to_owned()));
    let passwords = |address: &PostgresAddress| {
        address.hosts().iter().map(|host| address.password_of(host).map(str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(passwords(&address), [None, Some("of b".to_owned())]);
    assert_eq!(passwords(&address.with_password("all")), [Some("all".to_owned()), Some("all".to_owned())]);
}

#[test]
fn a_network_without_a_word_about_tls_is_open() {
    assert!(parse("postgres://u@db/d").is_open_to_the_network());
    for url in [
        "postgres://u@localhost/d",
        "postgres://u@127.0.0.2,[::1]/d",
        "postgres://u@/d?host=/run",
        "postgres://u@db/d?sslmode=disable",
        "postgres://u@db/d?sslrootcert=/ca.pem",
    ] {
        assert!(!parse(url).is_open_to_the_network(), "{url}");
    }
}

#[test]
fn a_file_of_trusted_certificates_has_certificates() {
    let key = rcgen::KeyPair::generate().unwrap();
    let root = rcgen::CertificateParams::new(vec!["ca".to_owned()]).unwrap().self_signed(&key).unwrap();
    let roots = |pem: &str| parse("postgres://u@h/d?sslrootcert=/ca.pem").with_roots_of_pem(pem.as_bytes());
    assert_eq!(roots(&format!("a comment\n{}{}", root.pem(), root.pem())).unwrap().roots().len(), 2);
    assert!(roots("").unwrap_err().to_string().contains("has no certificate in PEM"));
    assert!(roots(&root.pem().replace("MII", "AAA")).unwrap_err().to_string().contains("cannot be used"));
}

#[test]
fn a_store_key_is_32_bytes_in_base64_or_hexadecimal_digits() {
    let bytes: [u8; 32] = std::array::from_fn(|number| u8::try_from(number).unwrap());
    let hex = crate::random::hex(&bytes);
    let base64 = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    for text in [&hex, &hex.to_uppercase(), base64, base64.trim_end_matches('='), &format!(" {base64}\n")] {
        assert_eq!(StoreKey::parse(text).unwrap().bytes(), &bytes);
    }
    let refused = |text: &str| StoreKey::parse(text).unwrap_err();
    assert_eq!(refused("secret!"), StoreKeyError::Form);
    assert_eq!(refused("AAEC"), StoreKeyError::Length(3));
    assert_eq!(refused(&hex[..60]), StoreKeyError::Length(45));
    assert_eq!(refused(&"0".repeat(64)), StoreKeyError::Uniform);
    assert_eq!(format!("{:?}", StoreKey::parse(base64).unwrap()), "StoreKey(..)");
}
