# Runs each argument as an SQL statement by the RDS Data API. For three minutes in all it tries again
# while a paused database resumes, or another job changes the same row.
tries=36
for statement in "$@"; do
  until answer=$(aws rds-data execute-statement --resource-arn "$CLUSTER_ARN" --secret-arn "$SECRET_ARN" \
    --database "$DATABASE" --sql "$statement" 2>&1); do
    case $answer in
      *DatabaseResumingException* | *"tuple concurrently updated"*) tries=$((tries - 1)) ;;
      *) tries=0 ;;
    esac
    if [ "$tries" -eq 0 ]; then
      printf 'This statement failed: %s\n%s\n' "$statement" "$answer" >&2
      exit 1
    fi
    sleep 5
  done
done
echo "The database users are there."
